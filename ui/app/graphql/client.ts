// One function that talks GraphQL, and the TanStack Query options made from it.
import { print } from "@0no-co/graphql.web";
import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import type { TadaDocumentNode } from "gql.tada";
import { behind, saidBy } from "../shell/behind";

/** What the server said went wrong, in its own words. */
export class GraphQLFailure extends Error {
  override name = "GraphQLFailure";
}

const texts = new WeakMap<object, string>();

/** A query as text; printed once. */
function textOf(document: object): string {
  const known = texts.get(document);
  if (known !== undefined) return known;
  const text = print(document as never);
  texts.set(document, text);
  return text;
}

interface Answer<R> {
  /** Of a refusal before GraphQL is reached (RFC 9457). */
  detail?: string;
  data?: R | null;
  errors?: { message: string; extensions?: { code?: string } }[];
  /** Says so when the answer may be missing something. */
  extensions?: unknown;
}

export async function request<R, V>(
  document: TadaDocumentNode<R, V>,
  variables: V,
  signal?: AbortSignal,
): Promise<R> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: textOf(document), variables }),
    signal,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new GraphQLFailure("The server does not answer. Is it still running?", { cause });
  });
  const text = await response.text();
  const answer = parse<R>(text);
  behind.answered(saidBy(answer?.extensions));
  // Of an event that cannot be read the rest of the answer is shown; the Events page names what is missing.
  const errors = answer?.errors?.filter((e) => !answer.data || e.extensions?.code !== "ENTRY_UNREADABLE");
  if (errors?.length) throw new GraphQLFailure(errors.map((e) => e.message).join("\n"));
  if (answer?.data) return answer.data;
  throw new GraphQLFailure(
    `The server answered ${response.status} ${response.statusText}: ${text.slice(0, 300)}`,
  );
}

function parse<R>(text: string): Answer<R> | undefined {
  try {
    return JSON.parse(text) as Answer<R>;
  } catch {
    return undefined;
  }
}

/** Options for a query: the document's text and the variables are its key. */
export function query<R, V>(document: TadaDocumentNode<R, V>, variables: V) {
  return queryOptions({
    queryKey: [textOf(document), variables],
    queryFn: ({ signal }) => request(document, variables, signal),
  });
}

interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/** Options for a list read page by page; `info` finds the page's own `pageInfo`, `cursor` names its variable. */
export function paged<R, V extends { [name in C]?: string | null | undefined }, C extends string = "after">(
  document: TadaDocumentNode<R, V>,
  variables: Omit<V, C>,
  info: (page: R) => PageInfo | undefined,
  cursor: C = "after" as C,
) {
  return infiniteQueryOptions({
    queryKey: [textOf(document), variables, "pages"],
    queryFn: ({ signal, pageParam }) =>
      request(document, { ...variables, [cursor]: pageParam } as unknown as V, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: R) => {
      const page = info(last);
      return page?.hasNextPage ? page.endCursor : null;
    },
  });
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 300_000,
      retry: (n, error) => n < 1 && !(error instanceof GraphQLFailure),
    },
  },
});
