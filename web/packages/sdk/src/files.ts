import type { FileKind, FilesApi } from "./api.js";
import { CeruleanError, errorOfRest } from "./errors.js";
import type { Rest } from "./rest/rest.js";

export type Uploader = (url: string, form: FormData, headers: Record<string, string>, onProgress: (fraction: number) => void, signal?: AbortSignal) => Promise<string>;

export interface UploadOptions {
  onProgress?: ((fraction: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

interface UploadPlace {
  upload_url: string;
  download_url: string;
  oss_body_param?: Record<string, string>;
}

const fileType: Record<FileKind, number> = { file: 100, audio: 104, image: 102, video: 103 };

export class Files implements FilesApi {
  private readonly origin: string;

  constructor(
    private readonly baseUrl: string,
    private readonly appId: string,
    private readonly rest: Rest,
    private readonly token: () => string | null,
    private readonly uploader: Uploader,
  ) {
    this.origin = new URL(baseUrl).origin;
  }

  urlFor(value: string, options: { thumbnail?: boolean } = {}): string {
    const url = this.resolve(value);
    if (!url) return "";
    if (url.origin !== this.origin) return url.href;
    // Appended as text: the signature in the address must come out as it went in.
    const extra = new URLSearchParams({ "access-token": this.token() ?? "", app_id: this.appId });
    if (options.thumbnail) extra.set("image_type", "2");
    return `${url.href}${url.search === "" ? "?" : "&"}${extra.toString()}`;
  }

  avatarFor(value: string, options: { thumbnail?: boolean } = {}): string {
    return this.foreignHost(value) ? "" : this.urlFor(value, options);
  }

  foreignHost(value: string): string {
    const url = this.resolve(value);
    return url && url.origin !== this.origin ? url.host : "";
  }

  /** Uploads for a conversation and answers the address to put into the attachment. */
  async uploadForChat(to: { xid: number; isGroup: boolean }, file: Blob, name: string, kind: FileKind, options: UploadOptions = {}): Promise<string> {
    const query = { file_type: fileType[kind], to_type: to.isGroup ? 2 : 1, to_id: to.xid };
    return this.upload(await this.rest.get<UploadPlace>("/file/upload/chat", query), file, name, options);
  }

  async uploadAvatar(image: Blob): Promise<string> {
    return this.upload(await this.rest.get<UploadPlace>("/file/upload/avatar/user"), image, "avatar");
  }

  async uploadGroupAvatar(groupId: number, image: Blob): Promise<string> {
    return this.upload(await this.rest.get<UploadPlace>("/file/upload/avatar/group", { group_id: groupId }), image, "avatar");
  }

  private async upload(place: UploadPlace, file: Blob, name: string, { onProgress = () => {}, signal }: UploadOptions = {}): Promise<string> {
    const form = new FormData();
    const fields = place.oss_body_param ?? {};
    if (fields["key"]) for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append("file", file, name);
    const url = new URL(place.upload_url, this.baseUrl);
    const headers = url.origin === this.origin ? this.rest.headers() : {};
    checkUploaded(await this.uploader(url.href, form, headers, onProgress, signal));
    return place.download_url;
  }

  private resolve(value: string): URL | null {
    if (value === "") return null;
    const url = /^[a-z][a-z0-9+.-]*:|^\//i.test(value) ? parse(value, this.baseUrl) : this.avatarUrl(value);
    return url?.protocol === "http:" || url?.protocol === "https:" ? url : null;
  }

  private avatarUrl(objectName: string): URL {
    const url = new URL("/file/download/avatar", this.baseUrl);
    url.searchParams.set("object_name", objectName);
    return url;
  }
}

function parse(value: string, base: string): URL | null {
  try {
    return new URL(value, base);
  } catch {
    return null;
  }
}

function checkUploaded(text: string): void {
  let answer: { code?: number; data?: unknown; message?: string; Status?: string } = {};
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    // Object stores answer with other formats; only the status counted then, and the uploader has checked it.
    return;
  }
  if (answer.code !== undefined && answer.code !== 200) throw errorOfRest(answer.code, answer.message ?? "");
  if (answer.data === false) throw new CeruleanError(0, "upload-failed", "the server did not take the file");
}

/** XMLHttpRequest, since fetch tells nothing about upload progress. */
export const xhrUploader: Uploader = (url, form, headers, onProgress, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal?.addEventListener("abort", () => request.abort());
    request.onabort = () => reject(new CeruleanError(0, "cancelled", "the upload was broken off"));
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.responseText);
      else reject(uploadError(request.status, request.responseText));
    };
    request.onerror = () => reject(new CeruleanError(0, "network", "the upload broke off"));
    request.send(form);
  });

export const fetchUploader: Uploader = async (url, form, headers, onProgress, signal) => {
  const response = await fetch(url, { method: "POST", body: form, headers, ...(signal ? { signal } : {}) });
  const text = await response.text();
  if (!response.ok) throw uploadError(response.status, text);
  onProgress(1);
  return text;
};

function uploadError(status: number, text: string): CeruleanError {
  try {
    const answer = JSON.parse(text) as { code?: number; message?: string; detail?: string; title?: string };
    return errorOfRest(answer.code ?? status, answer.message ?? answer.detail ?? answer.title ?? "", status);
  } catch {
    return errorOfRest(status, "", status);
  }
}
