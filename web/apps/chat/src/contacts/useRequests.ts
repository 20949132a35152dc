import { useCallback, useEffect, useState } from "react";
import type { Group, GroupApplication, GroupInvitation, RosterApplication } from "@cerulean/sdk";
import type { ChatClient } from "../client/client";
import { useAppContext, useLive } from "../client/ClientContext";

export interface Requests {
  applications: RosterApplication[];
  invitations: GroupInvitation[];
  groupApplications: GroupApplication[];
  /** Groups that invite me, by id, as far as the server tells of them. */
  groups: ReadonlyMap<number, Group>;
  pendingCount: number;
  isLoading: boolean;
  reload(): void;
}

interface Loaded {
  applications: RosterApplication[];
  invitations: GroupInvitation[];
  groupApplications: GroupApplication[];
  groups: ReadonlyMap<number, Group>;
}

const nothing: Loaded = { applications: [], invitations: [], groupApplications: [], groups: new Map() };

/** Who is invited knows nothing of the group yet, so its name and picture are asked for. */
async function describeGroups(client: ChatClient, ids: Set<number>): Promise<Map<number, Group>> {
  const answers = await Promise.allSettled([...ids].map((id) => client.groups.info(id)));
  return new Map(answers.flatMap((one) => (one.status === "fulfilled" ? [[one.value.groupId, one.value] as const] : [])));
}

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
      ...client.roster.sentApplications().map((one) => one.userId),
      ...applications.map((one) => one.userId),
      ...invitations.map((one) => one.inviterId),
      ...groupApplications.map((one) => one.applicantId),
    ];
    if (people.length > 0) await client.roster.ensureProfiles([...new Set(people)]);
    const groups = await describeGroups(client, new Set(invitations.map((one) => one.groupId)));
    setLoaded({ applications, invitations, groupApplications, groups });
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
