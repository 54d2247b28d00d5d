// Tags and owners, each a link to a search for the same.
import { Link } from "@tanstack/react-router";

interface TagProps {
  tags: readonly { name: string; value: string | null }[];
}

export function Tags({ tags }: TagProps) {
  if (tags.length === 0) return null;
  return (
    <ul className="chips" aria-label="Tags">
      {tags.map((tag) => (
        <li key={`${tag.name}=${tag.value}`}>
          <Link
            className="chip tag"
            to="/search"
            search={{ tag: [tag.name] }}
            title={`Find everything tagged ${tag.name}`}
          >
            # {tag.name}
            {tag.value && tag.value !== "true" ? `: ${tag.value}` : ""}
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function Owners({ owners }: { owners: readonly { name: string; type: string | null }[] }) {
  if (owners.length === 0) return null;
  return (
    <ul className="chips" aria-label="Owners">
      {owners.map((owner) => (
        <li key={`${owner.name} ${owner.type}`}>
          <Link
            className="chip"
            to="/search"
            search={{ owner: [owner.name] }}
            title={`Find everything ${owner.name} owns`}
          >
            {owner.name}
            {owner.type ? <span className="muted"> {owner.type.toLowerCase()}</span> : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}
