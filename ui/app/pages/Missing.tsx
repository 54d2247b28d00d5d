// Pages for what is not there.
import { Link } from "@tanstack/react-router";

interface MissingProps {
  what: string;
  namespace?: string;
  name: string;
}

export function Missing({ what, namespace, name }: MissingProps) {
  return (
    <div className="page narrow missing">
      <h1>No such {what}</h1>
      <p>
        <code>{name}</code>
        {namespace ? (
          <>
            {" in "}
            <code>{namespace}</code>
          </>
        ) : null}{" "}
        is not in the catalog. No event has named it, or it has another name.
      </p>
      <p>
        <Link className="button" to="/search" search={{ q: name }}>
          Search for {name}
        </Link>
      </p>
    </div>
  );
}

export function NotFoundPage() {
  return (
    <div className="page narrow missing">
      <h1>No such page</h1>
      <p>
        There is nothing at <code>{location.pathname}</code>.
      </p>
      <p>
        <Link className="button" to="/">
          Go to the home page
        </Link>
      </p>
    </div>
  );
}
