// The list of keys.
import { Dialog } from "./Dialog";

const groups = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K or ⌘ K", "go to anything"],
      ["/", "search"],
      ["?", "this list"],
    ],
  },
  {
    title: "Search results",
    keys: [
      ["j, k", "next, previous hit"],
      ["Enter", "open it"],
    ],
  },
  {
    title: "Events",
    keys: [
      ["j, k", "next, previous event"],
      ["Enter", "look at it"],
      ["Esc", "close it"],
    ],
  },
  {
    title: "Lineage",
    keys: [
      ["← →", "go upstream, downstream"],
      ["↑ ↓", "go up and down a layer"],
      ["Enter", "focus on the card"],
      ["e, E", "expand downstream, upstream"],
      ["c", "show or hide columns"],
      ["f", "find in the picture"],
      ["v", "picture or list"],
      ["Esc", "stop tracing, then close the panel"],
    ],
  },
] as const;

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog label="Keys" onClose={onClose} className="keys-help">
      <h2>Keys</h2>
      {groups.map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          <dl>
            {group.keys.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <form method="dialog">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </Dialog>
  );
}
