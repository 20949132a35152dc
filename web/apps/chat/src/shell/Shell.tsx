import { lazy, Suspense } from "react";
import { MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SettingsMenu } from "../account/SettingsMenu";
import { useDeviceAlert } from "../account/useDeviceAlert";
import { useLive } from "../client/ClientContext";
import { ContactList } from "../contacts/ContactList";
import { RequestsPane } from "../contacts/RequestsPane";
import { UserPage } from "../contacts/UserPage";
import { useRequests } from "../contacts/useRequests";
import { ConversationList } from "../conversations/ConversationList";
import { ConversationPane } from "../messages/ConversationPane";
import { Notifier } from "../notifications/Notifier";
import { EmptyState } from "../ui/EmptyState";
import { NavRail } from "./NavRail";
import { NewMessageAnnouncer } from "./NewMessageAnnouncer";
import { OfflineBanner } from "./OfflineBanner";
import { useRoute, type Route } from "./route";
import type { Requests } from "../contacts/useRequests";
import "./Shell.css";

const AccountPages = lazy(async () => ({ default: (await import("../account/AccountPages")).AccountPages }));
const ApprovePage = lazy(async () => ({ default: (await import("../codes/ApprovePage")).ApprovePage }));
const JoinPage = lazy(async () => ({ default: (await import("../codes/JoinPage")).JoinPage }));

export function Shell() {
  const { t } = useTranslation();
  const route = useRoute();
  const requests = useRequests();
  useDeviceAlert();
  const unread = useLive(["conversations", "conversation"], (client) => client.conversations.totalUnread());
  return (
    <div className="app">
      <OfflineBanner />
      <div className={`shell ${route.item ? "has-item" : ""}`} data-testid="shell">
        <NavRail section={route.section} unread={unread} requests={requests.pendingCount} />
        <main className="shell-body">
          <h1 className="sr-only">Cerulean</h1>
          <section className="shell-list" aria-label={t("nav.list")}>
            <ListPane route={route} requests={requests} />
          </section>
          <div className="shell-main">
            <Suspense>
              <MainPane route={route} requests={requests} />
            </Suspense>
          </div>
        </main>
        <Notifier />
        <NewMessageAnnouncer unread={unread} openXid={route.section === "chats" ? Number(route.item ?? -1) : -1} />
      </div>
    </div>
  );
}

interface PaneProps {
  route: Route;
  requests: Requests;
}

function ListPane({ route, requests }: PaneProps) {
  if (route.section === "contacts") return <ContactList selected={route.item} pendingCount={requests.pendingCount} />;
  if (route.section === "settings") return <SettingsMenu selected={route.item} />;
  return <ConversationList selectedXid={route.item ? Number(route.item) : null} />;
}

function MainPane({ route: { section, item }, requests }: PaneProps) {
  const { t } = useTranslation();
  if (section === "settings") return <AccountPages page={item ?? "profile"} />;
  if (section === "contacts" && item === "requests") return <RequestsPane requests={requests} />;
  if (section === "join" && item) return <JoinPage key={item} code={item} />;
  if (section === "approve" && item) return <ApprovePage key={item} code={item} />;
  const id = Number(item);
  if (section === "contacts" && id > 0) return <UserPage key={id} userId={id} />;
  if (section === "chats" && item && id >= 0) return <ConversationPane key={id} xid={id} />;
  return <EmptyState icon={<MessagesSquare size={32} />} title={t("shell.emptyTitle")} hint={t("shell.emptyHint")} />;
}
