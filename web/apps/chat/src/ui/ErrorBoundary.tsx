import { Component, type ReactNode } from "react";
import { TriangleAlert } from "lucide-react";
import i18next from "i18next";
import { Button } from "./Button";
import { EmptyState } from "./EmptyState";

/** A fault while drawing must not leave a blank page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main style={{ display: "flex", height: "100%" }}>
        <EmptyState
          icon={<TriangleAlert size={30} />}
          title={i18next.t("errors.unknown")}
          action={
            <Button tone="primary" onClick={() => window.location.reload()}>
              {i18next.t("common.reload")}
            </Button>
          }
        />
      </main>
    );
  }
}
