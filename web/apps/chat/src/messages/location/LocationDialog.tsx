import { useState, type FormEvent } from "react";
import { LocateFixed } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { parseCoordinate } from "./coordinates";
import { usePosition } from "./usePosition";

export interface Place {
  latitude: number;
  longitude: number;
  address: string;
}

interface LocationDialogProps {
  onSend(place: Place): void;
  onClose(): void;
}

/** A place, from the device or typed in; nothing leaves this page before it is sent. */
export function LocationDialog({ onSend, onClose }: LocationDialogProps) {
  const { t } = useTranslation();
  const [latitude, setLatitude] = useState("");
  const [longitude, setLongitude] = useState("");
  const [address, setAddress] = useState("");
  const [isTried, setTried] = useState(false);
  const position = usePosition((found) => {
    setLatitude(found.latitude.toFixed(5));
    setLongitude(found.longitude.toFixed(5));
  });
  const [lat, lon] = [parseCoordinate(latitude, 90), parseCoordinate(longitude, 180)];

  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (lat === undefined || lon === undefined) return;
    onClose();
    onSend({ latitude: lat, longitude: lon, address: address.trim() });
  };

  return (
    <Dialog
      title={t("location.title")}
      onClose={onClose}
      testId="location-dialog"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" type="submit" form="location-form" data-testid="location-send">
            {t("composer.send")}
          </Button>
        </>
      }
    >
      <form id="location-form" className="location-form" onSubmit={send}>
        <Button icon={<LocateFixed size={18} />} isBusy={position.isAsking} data-testid="location-mine" onClick={position.ask}>
          {t("location.mine")}
        </Button>
        {position.problem ? <p className="field-error" role="alert">{t(position.problem)}</p> : null}
        <Field label={t("location.address")} value={address} maxLength={200} onChange={(event) => setAddress(event.target.value)} data-testid="location-address" />
        <Field
          label={t("location.latitude")}
          value={latitude}
          inputMode="decimal"
          error={isTried && lat === undefined ? t("location.badLatitude") : undefined}
          onChange={(event) => setLatitude(event.target.value)}
          data-testid="location-latitude"
        />
        <Field
          label={t("location.longitude")}
          value={longitude}
          inputMode="decimal"
          error={isTried && lon === undefined ? t("location.badLongitude") : undefined}
          onChange={(event) => setLongitude(event.target.value)}
          data-testid="location-longitude"
        />
      </form>
    </Dialog>
  );
}
