import { useTranslation } from "react-i18next";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { turnDesktop, useDesktopState } from "../notifications/desktop";
import { playSound } from "../notifications/sound";
import { Button } from "../ui/Button";
import { SkeletonRows } from "../ui/Skeleton";
import { Switch } from "../ui/Switch";
import { HourSpan } from "./HourSpan";
import { useUserSettings } from "./useUserSettings";

export function NotificationsPage() {
  const { t } = useTranslation();
  const { guard } = useAppContext();
  const desktop = useDesktopState();
  const { settings, error, update } = useUserSettings();
  return (
    <>
      <section className="card" aria-label={t("notify.device")}>
        <h3>{t("notify.device")}</h3>
        <Switch
          label={t("notify.desktop")}
          hint={t(`notify.desktop-${desktop}`)}
          isOn={desktop === "on"}
          isDisabled={desktop === "unsupported" || desktop === "denied"}
          testId="notify-desktop"
          onChange={(isOn) => guard(() => turnDesktop(isOn))}
        />
        <div className="form-end">
          <Button onClick={playSound}>{t("notify.testSound")}</Button>
        </div>
      </section>
      {error ? (
        <p className="notice notice-danger" role="alert">
          {errorText(error, t)}
        </p>
      ) : null}
      {settings ? (
        <section className="card" aria-label={t("notify.account")}>
          <h3>{t("notify.account")}</h3>
          <Switch label={t("notify.push")} isOn={!settings.noPush} testId="notify-push" onChange={(isOn) => update({ noPush: !isOn })} />
          <Switch
            label={t("notify.detail")}
            hint={t("notify.detailHint")}
            isOn={!settings.noPushDetail}
            testId="notify-detail"
            onChange={(isOn) => update({ noPushDetail: !isOn })}
          />
          <HourSpan
            label={t("notify.quietHours")}
            start={settings.noPushStartHour}
            end={settings.noPushEndHour}
            testId="notify-quiet"
            onChange={({ start, end }) => update({ noPushStartHour: start, noPushEndHour: end })}
          />
          <Switch label={t("notify.sounds")} isOn={!settings.noSounds} testId="notify-sounds" onChange={(isOn) => update({ noSounds: !isOn })} />
          <HourSpan
            label={t("notify.silentHours")}
            start={settings.silenceStartTime}
            end={settings.silenceEndTime}
            testId="notify-silence"
            onChange={({ start, end }) => update({ silenceStartTime: start, silenceEndTime: end })}
          />
          <Switch label={t("notify.vibrate")} isOn={settings.vibratory} testId="notify-vibrate" onChange={(vibratory) => update({ vibratory })} />
        </section>
      ) : (
        <SkeletonRows count={4} />
      )}
    </>
  );
}
