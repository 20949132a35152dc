import { memo, useRef, useState, type ReactNode } from "react";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { copyText } from "../clipboard";
import { htmlAsText } from "./htmlAsText";
import "./Markdown.css";

/** Pictures would tell a stranger's server who reads this, so only their address is shown. */
const components: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <SafeLink href={typeof src === "string" ? src : ""}>{alt || src}</SafeLink>,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="markdown-table">
      <table>{children}</table>
    </div>
  ),
};

/** Markdown without raw HTML: what looks like a tag is shown as it was written, never obeyed. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={[remarkGfm, htmlAsText]} rehypePlugins={[rehypeSanitize]} components={components}>
      {text}
    </ReactMarkdown>
  );
});

function SafeLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  // The renderer has emptied addresses that would run something; what names no other place is no link in a chat.
  if (!href || !/^(https?:|mailto:)/iu.test(href)) return <>{children}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
    </a>
  );
}

function CodeBlock({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const block = useRef<HTMLPreElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void copyText(block.current?.textContent ?? "").then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <div className="code-block">
      <button type="button" aria-label={t(isCopied ? "message.copied" : "message.copyCode")} data-testid="copy-code" onClick={copy}>
        {isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      </button>
      <pre ref={block} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}
