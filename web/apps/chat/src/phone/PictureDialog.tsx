import { useId, useState } from "react";
import type { CodePicture } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { PictureField } from "./PictureField";
import { sendCode } from "./sendCode";

interface PictureDialogProps {
  mobile: string;
  first: CodePicture;
  /** Whether the code is on its way. */
  onEnd(isSent: boolean): void;
}

/** Asks what a picture says until a code could be sent. */
export function PictureDialog({ mobile, first, onEnd }: PictureDialogProps) {
  const { client, guard, t } = useAppContext();
  const formId = useId();
  const [picture, setPicture] = useState(first);
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const show = (next: CodePicture) => {
    setPicture(next);
    setText("");
  };

  const send = () =>
    guard(async () => {
      setBusy(true);
      try {
        const next = await sendCode(client.phone, mobile, { id: picture.id, text: text.trim() });
        if (!next) return onEnd(true);
        show(next);
        setWrong(true);
      } finally {
        setBusy(false);
      }
    });

  return (
    <Dialog
      title={t("proof.title", { contact: mobile })}
      size="small"
      testId="picture-dialog"
      onClose={() => onEnd(false)}
      footer={
        <>
          <Button onClick={() => onEnd(false)}>{t("common.cancel")}</Button>
          <Button tone="primary" type="submit" form={formId} isBusy={isBusy} disabled={text.trim() === ""} data-testid="picture-send">
            {t("reset.send")}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") send();
        }}
      >
        <PictureField
          picture={picture}
          value={text}
          error={isWrong && text === "" ? t("errors.wrong-picture-code") : undefined}
          onChange={setText}
          onRenew={() => guard(async () => show(await client.phone.requestPicture()))}
        />
      </form>
    </Dialog>
  );
}
