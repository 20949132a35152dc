import { useEffect, useState } from "react";

/** An address for a blob, given back when it is no longer shown. */
export function useObjectUrl(blob: Blob | undefined): string {
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!blob) return;
    const created = URL.createObjectURL(blob);
    setUrl(created);
    return () => {
      setUrl("");
      URL.revokeObjectURL(created);
    };
  }, [blob]);
  return url;
}
