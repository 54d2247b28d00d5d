// Zoom buttons and the key to the lines.
import { Icon, type IconName } from "../ui/Icon";

interface CanvasToolsProps {
  onZoom: (factor: number) => void;
  onFit: () => void;
  onFocus: () => void;
}

export function CanvasTools({ onZoom, onFit, onFocus }: CanvasToolsProps) {
  return (
    <>
      <fieldset className="canvas-tools" aria-label="View">
        <Tool icon="plus" label="Zoom in" onClick={() => onZoom(1.3)} />
        <Tool icon="minus" label="Zoom out" onClick={() => onZoom(1 / 1.3)} />
        <Tool icon="fit" label="Show everything" onClick={onFit} />
        <Tool icon="target" label="Go to the focus" onClick={onFocus} />
      </fieldset>
      <div className="legend" aria-hidden="true">
        <span>
          <svg width="26" height="8" aria-hidden="true">
            <path d="M0 4h26" className="line-path" />
          </svg>
          direct
        </span>
        <span className="line indirect">
          <svg width="26" height="8" aria-hidden="true">
            <path d="M0 4h26" className="line-path" />
          </svg>
          indirect
        </span>
      </div>
    </>
  );
}

function Tool({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
