import { MonitorSmartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ClientContext } from "./client/ClientContext";
import { useSession } from "./client/useSession";
import { NumberBound } from "./phone/useNumberToBind";
import { Shell } from "./shell/Shell";
import { SignIn } from "./sign-in/SignIn";
import { Button } from "./ui/Button";
import { EmptyState } from "./ui/EmptyState";
import { ErrorBoundary } from "./ui/ErrorBoundary";
import { Logo } from "./ui/Logo";
import { UiProvider } from "./ui/UiContext";

export function App() {
  return (
    <ErrorBoundary>
      <SessionGate />
    </ErrorBoundary>
  );
}

function SessionGate() {
  const session = useSession();
  const { t } = useTranslation();

  if (session.phase === "starting") {
    return (
      <main className="empty-state" style={{ height: "100%" }} aria-label={t("common.loading")}>
        <Logo size={72} />
        <span className="spinner" aria-hidden />
      </main>
    );
  }
  if (session.phase === "elsewhere") {
    return (
      <main style={{ display: "flex", height: "100%" }}>
        <EmptyState
          icon={<MonitorSmartphone size={32} />}
          title={t("session.elsewhereTitle")}
          hint={t("session.elsewhereHint")}
          action={
            <Button tone="primary" onClick={() => void session.takeOver()}>
              {t("session.useHere")}
            </Button>
          }
        />
      </main>
    );
  }
  if (session.phase === "signed-out" || !session.client) {
    return (
      <SignIn
        appId={session.appId}
        kickReason={session.kickReason}
        onSignIn={session.signIn}
        onRegister={session.register}
        onCode={session.signInWithCode}
        phone={session.phone}
        numberToBind={session.numberToBind}
        onDropNumber={session.dropNumber}
        onRequestReset={session.requestReset}
        onReset={session.resetPassword}
      />
    );
  }
  return (
    <ClientContext.Provider value={session.client}>
      <UiProvider>
        <Shell />
        <NumberBound outcome={session.numberOutcome} />
      </UiProvider>
    </ClientContext.Provider>
  );
}
