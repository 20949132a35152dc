export function ContactRow({ name, note }: { name: string; note: string }) {
  return (
    <span className="contact-text">
      <span className="conversation-title truncate">{name}</span>
      <span className="contact-note truncate">{note}</span>
    </span>
  );
}
