import { lazy, Suspense, useState, type KeyboardEvent, type ReactNode } from "react";
import { MessageCircleQuestion, Upload } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { Composer } from "../composer/Composer";
import { AnnouncementBanner } from "../groups/AnnouncementBanner";
import { useStable } from "../client/useStable";
import { PageHeader } from "../shell/PageHeader";
import { navigate } from "../shell/route";
import { EmptyState } from "../ui/EmptyState";
import type { MenuPoint } from "../ui/Menu";
import { useActionMenu } from "../ui/useActionMenu";
import { ContentActionsContext } from "./content/contentActions";
import { ConversationHeader } from "./ConversationHeader";
import { messageActions, type MessageContext } from "./messageActions";
import { MessageList } from "./MessageList";
import { useSelection } from "./select/useSelection";
import { useConversationPane } from "./useConversationPane";
import { useFileDrop } from "./useFileDrop";
import { useOverlays } from "./useOverlays";

// What is not seen at once is loaded when it is asked for.
const AttachDialog = lazy(async () => ({ default: (await import("../composer/AttachDialog")).AttachDialog }));
const DetailsPanel = lazy(async () => ({ default: (await import("../groups/DetailsPanel")).DetailsPanel }));
const UserCardDialog = lazy(async () => ({ default: (await import("../contacts/UserCardDialog")).UserCardDialog }));
const ForwardDialog = lazy(async () => ({ default: (await import("./ForwardDialog")).ForwardDialog }));
const SelectionBar = lazy(async () => ({ default: (await import("./select/SelectionBar")).SelectionBar }));
const SearchPanel = lazy(async () => ({ default: (await import("./search/SearchPanel")).SearchPanel }));

export function ConversationPane({ xid }: { xid: number }) {
  const { t } = useTranslation();
  const pane = useConversationPane(xid);
  const { context, header } = pane;
  const { client, ui, guard } = context;
  const show = (render: (close: () => void) => ReactNode) => ui.show((close) => <Suspense>{render(close)}</Suspense>);
  const [panel, setPanel] = useState<"details" | "search" | null>(null);
  const toggle = (which: "details" | "search") => setPanel(panel === which ? null : which);

  const attach = (files: File[]) => {
    if (files.length > 0) show((close) => <AttachDialog files={files} onClose={close} onSend={pane.sendFiles} />);
  };
  const drop = useFileDrop(attach);

  const selection = useSelection(pane.messages);
  const forward = (messages: Message[], isMerged: boolean) =>
    show((close) => (
      <ForwardDialog
        messages={messages}
        recordOf={isMerged ? header.title : undefined}
        onDone={selection.end}
        onClose={close}
      />
    ));
  const { content, askForPlace, openReaders } = useOverlays({ xid, messages: pane.messages, nameOf: pane.nameOf });

  const messageContext: MessageContext = {
    ...context,
    reply: (message) => pane.setMode({ kind: "reply", message }),
    edit: (message) => pane.setMode({ kind: "edit", message }),
    forward: (message) => forward([message], false),
    select: selection.start,
  };
  const { menu, show: showMenu } = useActionMenu(messageActions, messageContext);

  // Rows are drawn again only when their handlers or data change, so the handlers stay the same.
  const openMenu = useStable((at: MenuPoint, message: Message) => showMenu(at, t("message.actions"), message));
  const retry = useStable((message: Message) => guard(() => client.messages.retry(message.localId)));
  const openSender = useStable((userId: number) => show((close) => <UserCardDialog userId={userId} onClose={close} />));
  const jumpFromSearch = (mid: number) => {
    // On a narrow screen the panel covers the messages.
    if (!window.matchMedia("(min-width: 1081px)").matches) setPanel(null);
    pane.jumpTo(mid);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (selection.isActive) selection.end();
    else if (pane.mode) pane.setMode(null);
    else if (panel) setPanel(null);
    else navigate("chats");
  };

  if (pane.isMissing)
    return (
      <div className="page" data-testid="conversation-missing">
        <PageHeader section="chats" title={t("nav.chats")} />
        <EmptyState icon={<MessageCircleQuestion size={32} />} title={t("conversation.missingTitle")} hint={t("conversation.missingHint")} />
      </div>
    );
  return (
    <div className={`conversation ${panel ? "has-details" : ""}`} onKeyDown={onKeyDown}>
      <section className="conversation-pane" aria-label={header.title} data-testid="conversation-pane" data-xid={xid} {...drop.handlers}>
        <ConversationHeader
          {...header}
          xid={xid}
          isDetailsOpen={panel === "details"}
          onToggleDetails={() => toggle("details")}
          isSearchOpen={panel === "search"}
          onToggleSearch={() => toggle("search")}
        />
        {header.isGroup ? <AnnouncementBanner groupId={xid} /> : null}
        <ContentActionsContext.Provider value={content}>
          <MessageList
            {...pane.list}
            senderOf={pane.senderOf}
            nameOf={pane.nameOf}
            onMenu={openMenu}
            onRetry={retry}
            selection={selection}
            onOpenReaders={openReaders}
            onOpenSender={openSender}
          />
        </ContentActionsContext.Provider>
        {selection.isActive ? (
          <Suspense>
            <SelectionBar chosen={selection.chosen} context={{ ...context, forward, nameOf: pane.nameOf, end: selection.end }} />
          </Suspense>
        ) : (
          <Composer
            key={pane.mode?.kind === "edit" ? pane.mode.message.localId : "new"}
            mode={pane.mode}
            blockedReason={pane.blockedReason}
            nameOf={pane.nameOf}
            loadCandidates={pane.loadCandidates}
            onSend={pane.sendText}
            onTyping={(isTyping) => client.conversations.setTyping(xid, isTyping)}
            onFiles={attach}
            onLongText={(text) => pane.sendFiles([new File([text], `${t("composer.longTextName")}.txt`, { type: "text/plain" })])}
            onPlace={askForPlace}
            onVoice={pane.sendVoice}
            draft={pane.draft}
            onDraft={pane.saveDraft}
            onCancelMode={() => pane.setMode(null)}
            onEditLast={pane.editLast}
          />
        )}
        {drop.isOver ? (
          <div className="drop-layer">
            <Upload size={40} aria-hidden />
            {t("composer.dropHere")}
          </div>
        ) : null}
      </section>
      <Suspense>
        {panel === "details" ? <DetailsPanel xid={xid} kind={header.isGroup ? "group" : "user"} onClose={() => setPanel(null)} /> : null}
        {panel === "search" ? (
          <SearchPanel xid={xid} nameOf={pane.nameOf} onJump={jumpFromSearch} onClose={() => setPanel(null)} />
        ) : null}
      </Suspense>
      {menu}
    </div>
  );
}
