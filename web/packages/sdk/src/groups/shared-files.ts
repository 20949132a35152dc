import type { Context } from "../context.js";
import { CeruleanError } from "../errors.js";
import type { Files } from "../files.js";
import { kindOf } from "../media.js";
import type { SharedFile } from "../types.js";
import type { GroupFilesApi } from "./api.js";

interface ServerFile {
  file_id: number;
  group_id: number;
  name: string;
  size: number;
  type: string;
  uploader: number;
  url: string;
  created_at: number;
}

/** Files that belong to a group rather than to a message. */
export class SharedFiles implements GroupFilesApi {
  constructor(
    private readonly ctx: Context,
    private readonly files: Files,
  ) {}

  async list(groupId: number): Promise<SharedFile[]> {
    const list = await this.ctx.rest.get<ServerFile[]>("/group/file/list", { group_id: groupId });
    return list.map(toSharedFile).sort((a, b) => b.createdAt - a.createdAt || b.fileId - a.fileId);
  }

  async share(groupId: number, file: Blob, options: { name?: string; onProgress?: (fraction: number) => void } = {}): Promise<SharedFile> {
    const name = options.name ?? (typeof File !== "undefined" && file instanceof File ? file.name : "file");
    const url = await this.files.uploadForChat({ xid: groupId, isGroup: true }, file, name, kindOf(file.type), { onProgress: options.onProgress });
    const shared = { group_id: groupId, name, size: file.size, url, type: file.type };
    return toSharedFile(await this.ctx.rest.post<ServerFile>("/group/file/upload", shared));
  }

  async rename(groupId: number, fileId: number, name: string): Promise<void> {
    await this.ctx.rest.post("/group/file/update_name", { group_id: groupId, file_id: fileId, name });
  }

  async remove(groupId: number, fileIds: number[]): Promise<void> {
    const results = await this.ctx.rest.post<{ result: string; reason: string }[]>("/group/file/delete", { group_id: groupId, file_list: fileIds });
    const failed = results.find((result) => result.result !== "success");
    if (failed) throw new CeruleanError(0, "permission-denied", failed.reason);
  }
}

function toSharedFile(raw: ServerFile): SharedFile {
  return {
    fileId: raw.file_id, groupId: raw.group_id, name: raw.name ?? "", size: raw.size ?? 0, mimeType: raw.type ?? "",
    uploader: raw.uploader, url: raw.url, createdAt: raw.created_at,
  };
}
