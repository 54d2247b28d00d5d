// A sentence of the server, in which `this` is code.
export function Words({ of }: { of: string }) {
  // Sentences may repeat a part: the place is the only key there is.
  const parts = of.split("`").map((text, place) => ({ text, key: `${place}`, isCode: place % 2 === 1 }));
  return parts.map(({ text, key, isCode }) => (isCode ? <code key={key}>{text}</code> : text));
}
