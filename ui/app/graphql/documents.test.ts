// Every query of the app, held against the schema by GraphQL's own rules.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, type DefinitionNode, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";

const schema = buildSchema(readFileSync(join(import.meta.dirname, "../../../schema/schema.graphql"), "utf8"));

const definitions = readdirSync(join(import.meta.dirname, ".."), { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."))
  .map((file) => readFileSync(join(import.meta.dirname, "..", file), "utf8"))
  .flatMap((source) => [...source.matchAll(/graphql\(\s*`([^`]+)`/g)].map((match) => match[1] ?? ""))
  .flatMap((text) => [...parse(text).definitions]);

const fragments = definitions.filter((one) => one.kind === "FragmentDefinition");
const operations = definitions.filter((one) => one.kind === "OperationDefinition");
const unusedIsFine = /is never used/;

function faults(operation: DefinitionNode): string[] {
  return validate(schema, { kind: "Document", definitions: [operation, ...fragments] } as never)
    .map((error) => error.message)
    .filter((message) => !unusedIsFine.test(message));
}

describe("queries", () => {
  it("are all found", () => {
    expect(operations.length).toBeGreaterThan(20);
  });

  it.each(
    operations.map((operation) => [operation.name?.value, operation] as const),
  )("%s fits the schema", (_, operation) => {
    expect(faults(operation)).toEqual([]);
  });

  it("have names of their own", () => {
    const names = operations.map((operation) => operation.name?.value);
    expect(new Set(names).size).toBe(names.length);
  });
});
