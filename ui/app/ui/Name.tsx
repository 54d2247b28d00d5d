// A long name that may break after its dots, slashes and underscores, and nowhere else if that is enough.
import { Fragment } from "react";

export function Name({ of }: { of: string }) {
  const parts = of.split(/(?<=[./_:-])(?=[^./_:-])/);
  // Names may repeat a part: the place is the only key there is.
  const keyed = parts.map((part, place) => ({ part, key: `${place}` }));
  return keyed.map(({ part, key }) => (
    <Fragment key={key}>
      {part}
      <wbr />
    </Fragment>
  ));
}
