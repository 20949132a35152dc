import { lazy, Suspense, useCallback, useMemo } from "react";
import type { Message } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { useStable } from "../client/useStable";
import type { ContentActions } from "./content/contentActions";
import type { Place } from "./location/LocationDialog";

const Viewer = lazy(async () => ({ default: (await import("./viewer/Viewer")).Viewer }));
const RecordDialog = lazy(async () => ({ default: (await import("./record/RecordDialog")).RecordDialog }));
const ReadersDialog = lazy(async () => ({ default: (await import("./readers/ReadersDialog")).ReadersDialog }));
const LocationDialog = lazy(async () => ({ default: (await import("./location/LocationDialog")).LocationDialog }));

interface OverlaysInput {
  xid: number;
  messages: readonly Message[];
  nameOf(userId: number): string;
}

/** What opens over the conversation, loaded when it is first needed. */
export function useOverlays({ xid, messages, nameOf }: OverlaysInput) {
  const { client, guard, ui } = useAppContext();

  const openImages = useStable((images: Message[], start: Message) =>
    ui.show((close) => (
      <Suspense>
        <Viewer images={images} startId={start.localId} nameOf={nameOf} onClose={close} />
      </Suspense>
    )),
  );
  const openImage = useStable((message: Message) => openImages(messages.filter((one) => one.kind === "image"), message));
  const openRecord = useStable((message: Message) =>
    ui.show((close) => (
      <Suspense>
        <RecordDialog message={message} openImages={openImages} onClose={close} />
      </Suspense>
    )),
  );
  const openReaders = useStable((message: Message) =>
    ui.show((close) => (
      <Suspense>
        <ReadersDialog message={message} onClose={close} />
      </Suspense>
    )),
  );
  const askForPlace = useCallback(() => {
    const send = (place: Place) => guard(async () => void (await client.messages.sendLocation(xid, place)));
    ui.show((close) => (
      <Suspense>
        <LocationDialog onSend={send} onClose={close} />
      </Suspense>
    ));
  }, [client, guard, ui, xid]);

  const content = useMemo<ContentActions>(
    () => ({
      openImage,
      openRecord,
      cancel: (message) => guard(() => client.messages.discard(message.localId)),
      notePlayed: (message) => guard(() => client.messages.markPlayed(message.xid, message.mid)),
    }),
    [client, guard, openImage, openRecord],
  );
  return { content, askForPlace, openReaders };
}
