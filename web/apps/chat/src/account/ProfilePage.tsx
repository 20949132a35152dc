import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppContext, useLive } from "../client/ClientContext";
import { proveMobile } from "../phone/proveMobile";
import { proveEmail } from "./proveEmail";
import { AvatarPicker } from "../ui/AvatarPicker";
import { Button } from "../ui/Button";
import { Field, TextArea } from "../ui/Field";

export function ProfilePage() {
  const { t } = useTranslation();
  const context = useAppContext();
  const { client, ui, guard } = context;
  const me = useLive(["account"], () => client.me);
  const [typed, setTyped] = useState<{ nickName?: string; description?: string; email?: string; mobile?: string }>({});
  const [isBusy, setBusy] = useState(false);
  if (!me) return null;

  const nickName = typed.nickName ?? me.nickName;
  const description = typed.description ?? me.description;
  const email = typed.email ?? me.email;
  const mobile = typed.mobile ?? me.mobile;
  const isChanged = nickName !== me.nickName || description !== me.description || email !== me.email || mobile !== me.mobile;

  const work = (run: () => Promise<unknown>, done: string) =>
    guard(async () => {
      setBusy(true);
      try {
        await run();
        ui.toast(done, "success");
      } finally {
        setBusy(false);
      }
    });

  const save = () =>
    work(async () => {
      await client.account.updateProfile({ nickName: nickName.trim(), description: description.trim() });
      if (email.trim() !== me.email) await client.account.setEmail(email.trim());
      if (mobile.trim() !== me.mobile) await client.account.setMobile(mobile.trim());
      setTyped({});
    }, t("account.saved"));

  return (
    <form
      className="card"
      data-testid="profile-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <AvatarPicker
        id={me.userId}
        name={me.displayName}
        url={client.files.avatarFor(me.avatar)}
        label={t("account.changeAvatar")}
        testId="avatar-input"
        onPick={(image) => work(() => client.account.setAvatar(image), t("account.avatarChanged"))}
      />
      <Field
        label={t("account.nickName")}
        value={nickName}
        maxLength={64}
        placeholder={me.username}
        data-testid="profile-nickname"
        onChange={(event) => setTyped({ ...typed, nickName: event.target.value })}
      />
      <TextArea
        label={t("account.description")}
        value={description}
        maxLength={200}
        data-testid="profile-description"
        onChange={(event) => setTyped({ ...typed, description: event.target.value })}
      />
      <Field
        label={t("contact.email")}
        type="email"
        autoComplete="email"
        value={email}
        hint={t("contact.emailHint")}
        data-testid="profile-email"
        onChange={(event) => setTyped({ ...typed, email: event.target.value })}
      />
      {email.trim() === "" ? null : (
        <div className="form-end">
          <Button data-testid="profile-email-prove" onClick={() => guard(() => proveEmail(email.trim(), context))}>
            {t("proof.start")}
          </Button>
        </div>
      )}
      <Field
        label={t("contact.mobile")}
        type="tel"
        autoComplete="tel"
        value={mobile}
        data-testid="profile-mobile"
        onChange={(event) => setTyped({ ...typed, mobile: event.target.value })}
      />
      {mobile.trim() === "" ? null : (
        <div className="form-end">
          <Button data-testid="profile-mobile-prove" onClick={() => guard(() => proveMobile(mobile.trim(), context))}>
            {t("phone.confirm")}
          </Button>
        </div>
      )}
      <Field label={t("signIn.name")} value={me.username} readOnly hint={`ID ${me.userId}`} />
      <div className="form-end">
        <Button type="submit" tone="primary" isBusy={isBusy} disabled={!isChanged} data-testid="profile-save">
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
