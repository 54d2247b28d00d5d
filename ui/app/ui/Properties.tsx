// Names and values as they were sent, for whatever has no words of its own.
import { Fact, Facts } from "./Facts";

interface Property {
  name: string;
  value: string | null;
}

export function Properties({ of }: { of: readonly Property[] }) {
  return (
    <Facts>
      {of.map((one) => (
        <Fact key={one.name} name={one.name}>
          <code>{one.value ?? "not said"}</code>
        </Fact>
      ))}
    </Facts>
  );
}
