import { useTranslation } from "react-i18next";

export interface ListContext {
  isLoading: boolean;
  hasMore: boolean;
  typing: string;
}

export function ListHeader({ context }: { context?: ListContext }) {
  const { t } = useTranslation();
  if (context?.isLoading) {
    return (
      <div className="list-header" role="status">
        <span className="spinner" aria-hidden />
        <span className="sr-only">{t("common.loading")}</span>
      </div>
    );
  }
  return <div className="list-header">{context?.hasMore ? "" : t("message.beginning")}</div>;
}

export function ListFooter({ context }: { context?: ListContext }) {
  return (
    <div className="list-footer" data-testid="typing-indicator">
      {context?.typing ? (
        <span className="typing-line">
          <span className="typing-dots" aria-hidden>
            <i />
            <i />
            <i />
          </span>
          {context.typing}
        </span>
      ) : null}
    </div>
  );
}
