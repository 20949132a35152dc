import { asError } from "../errors.js";
import type { Rest } from "../rest/rest.js";
import type { CodePicture, OwnNumber, PhoneApi, PictureAnswer } from "./api.js";

export interface PhoneOptions {
  baseUrl: string;
  appId: string;
  rest: Rest;
  /** The number in the profile has changed. */
  onNumber(): Promise<unknown>;
}

export class Phone implements PhoneApi {
  constructor(private readonly options: PhoneOptions) {}

  async requestPicture(): Promise<CodePicture> {
    const { baseUrl, appId } = this.options;
    const id = await this.rest.post<string>("/app/captcha/image");
    const url = new URL("/app/captcha/image", baseUrl);
    url.searchParams.set("image_id", id);
    url.searchParams.set("app_id", appId);
    return { id, url: url.href };
  }

  async sendCode(mobile: string, answer?: PictureAnswer): Promise<void> {
    if (answer) await this.rest.get("/app/captcha/sms_web", { captcha: answer.text, image_id: answer.id, mobile });
    else await this.rest.get("/app/captcha/sms", { mobile });
  }

  async standing(): Promise<OwnNumber | null> {
    try {
      const { status, mobile } = await this.rest.get<{ status: number; mobile: string }>("/app/user_verification");
      return { mobile, isProven: status === 1 };
    } catch (thrown) {
      if (asError(thrown).reason === "not-found") return null;
      throw thrown;
    }
  }

  async bind(mobile: string, code: string): Promise<void> {
    await this.rest.post("/app/user/mobile_bind", { mobile, captcha: code });
    await this.options.onNumber();
  }

  async bindWithProof(mobile: string, proof: string): Promise<void> {
    await this.rest.post("/app/user/mobile_bind_with_sign", { mobile, sign: proof });
    await this.options.onNumber();
  }

  async proveByPassword(password: string): Promise<string> {
    return (await this.rest.post<{ sign: string }>("/app/user/mobile_prechange_by_password", { password })).sign;
  }

  async proveByCode(mobile: string, code: string): Promise<string> {
    return (await this.rest.post<{ sign: string }>("/app/user/mobile_prechange_by_mobile", { mobile, captcha: code })).sign;
  }

  async change(mobile: string, code: string, proof: string): Promise<void> {
    await this.rest.post("/app/user/mobile_change", { mobile, captcha: code, sign: proof });
    await this.options.onNumber();
  }

  private get rest(): Rest {
    return this.options.rest;
  }
}
