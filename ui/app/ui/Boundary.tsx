// Keeps trouble local: what is inside may load or fail without touching the rest of the page.
import { QueryErrorResetBoundary } from "@tanstack/react-query";
import { Component, type ReactNode, Suspense } from "react";
import { Skeleton } from "./Skeleton";

interface CatcherProps {
  children: ReactNode;
  onRetry: () => void;
}

class Catcher extends Component<CatcherProps, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  retry = () => {
    this.props.onRetry();
    this.setState({ error: null });
  };

  override render() {
    if (!this.state.error) return this.props.children;
    return <Failure error={this.state.error} onRetry={this.retry} />;
  }
}

export function Failure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div className="failure" role="alert">
      <strong>This part could not be shown.</strong>
      <pre>{error.message}</pre>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

interface BoundaryProps {
  children: ReactNode;
  /** How many lines the waiting shape has. */
  lines?: number;
}

export function Boundary({ children, lines = 3 }: BoundaryProps) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <Catcher onRetry={reset}>
          <Suspense fallback={<Skeleton lines={lines} />}>{children}</Suspense>
        </Catcher>
      )}
    </QueryErrorResetBoundary>
  );
}
