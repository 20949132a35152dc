import { useCallback, useEffect, useState } from "react";
import type { GroupApplication, GroupInvitation, RosterApplication } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";

export interface Requests {
  applications: RosterApplication[];
  invitations: GroupInvitation[];
  groupApplications: GroupApplication[];
  pendingCount: number;
  isLoading: boolean;
  reload(): void;
}

interface Loaded {
  applications: RosterApplication[];
  invitations: GroupInvitation[];
  groupApplications: GroupApplication[];
}

const nothing: Loaded = { applications: [], invitations: [], groupApplications: [] };

/** Everything that waits for my yes or no. */
export function useRequests(): Requests {
  const { client } = useAppContext();
  const [loaded, setLoaded] = useState<Loaded>(nothing);
  const [isLoading, setLoading] = useState(true);
  const isOnline = useLive(["state"], () => client.state === "online");

  const load = useCallback(async () => {
    const [applications, invitations, groupApplications] = await Promise.all([
      client.roster.applications(),
      client.groups.invitations(),
      // A user who manages no group may get an error here; the other lists must not suffer from it.
      client.groups.applications().catch(() => []),
    ]);
    const people = [
      ...applications.map((one) => one.userId),
      ...invitations.map((one) => one.inviterId),
      ...groupApplications.map((one) => one.applicantId),
    ];
    if (people.length > 0) await client.roster.ensureProfiles([...new Set(people)]);
    setLoaded({ applications, invitations, groupApplications });
    setLoading(false);
  }, [client]);

  // Loading in the background: a failure is repaired by the next connect or event and needs no toast.
  const reload = useCallback(() => void load().catch(() => setLoading(false)), [load]);

  useEffect(() => {
    if (isOnline) reload();
  }, [isOnline, reload]);

  useEffect(() => {
    const stops = [client.on("application", reload), client.on("invitation", reload)];
    return () => stops.forEach((stop) => stop());
  }, [client, reload]);

  const isPending = (one: { status: string }) => one.status === "pending";
  const pendingCount =
    loaded.applications.filter(isPending).length +
    loaded.invitations.filter(isPending).length +
    loaded.groupApplications.filter(isPending).length;
  return { ...loaded, pendingCount, isLoading, reload };
}
