import { CeruleanError } from "@cerulean/sdk";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ProfilePage } from "../account/ProfilePage";
import { PhonePanel } from "../sign-in/PhonePanel";
import { renderSignedIn } from "../test/render";

const type = async (testId: string, text: string) => userEvent.type(await screen.findByTestId(testId), text);

async function start() {
  const { client } = renderSignedIn(<ProfilePage />);
  await type("profile-mobile", "13800000000");
  return client;
}

describe("a phone number in the profile", () => {
  it("is confirmed by a code, after the picture was read right", async () => {
    const client = await start();
    await userEvent.click(screen.getByTestId("profile-mobile-prove"));
    await type("code-picture-input", "hern{Enter}");
    expect(await screen.findByText("The characters do not match the picture. Try the next picture.")).toBeVisible();
    await type("code-picture-input", "heron{Enter}");
    await type("prompt-input", "000000{Enter}");
    // A wrong code may be typed again.
    await waitFor(() => expect(screen.getByTestId("prompt-dialog")).toHaveTextContent(/code/iu));
    await waitFor(() => expect(screen.getByTestId("prompt-input")).toHaveValue(""));
    await type("prompt-input", "123456{Enter}");
    await waitFor(() => expect(client.me?.mobile).toBe("13800000000"));
  });

  it("that was confirmed is changed with the password only", async () => {
    const client = await start();
    vi.spyOn(client.phone, "standing").mockResolvedValue({ mobile: "13900000000", isProven: true });
    vi.spyOn(client.phone, "sendCode").mockResolvedValue();
    const change = vi.spyOn(client.phone, "change");
    await userEvent.click(screen.getByTestId("profile-mobile-prove"));
    const password = await screen.findByLabelText("Password");
    expect(password).toHaveAttribute("type", "password");
    await userEvent.type(password, "secret{Enter}");
    await waitFor(() => expect(screen.getByTestId("prompt-input")).toHaveAttribute("type", "text"));
    await type("prompt-input", "123456{Enter}");
    await waitFor(() => expect(change).toHaveBeenCalledWith("13800000000", "123456", "proof"));
  });

  it("cannot be confirmed where the app sends no codes, and says so", async () => {
    const client = await start();
    vi.spyOn(client.phone, "standing").mockResolvedValue(null);
    await userEvent.click(screen.getByTestId("profile-mobile-prove"));
    expect(await screen.findByText("This app sends no codes.")).toBeVisible();
  });

  it("takes no code when the picture is given up", async () => {
    const client = await start();
    const bind = vi.spyOn(client.phone, "bind");
    await userEvent.click(screen.getByTestId("profile-mobile-prove"));
    await screen.findByTestId("picture-dialog");
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByTestId("picture-dialog")).toBeNull());
    expect(screen.queryByTestId("prompt-dialog")).toBeNull();
    expect(bind).not.toHaveBeenCalled();
  });
});

describe("sign-in by phone", () => {
  const picture = (id: string) => ({ id, url: "data:," });

  function show(patch: Partial<Parameters<typeof PhonePanel>[0]["steps"]> = {}) {
    const steps = { sendCode: vi.fn(async () => null), requestPicture: vi.fn(async () => picture("p9")), signIn: vi.fn(async () => true), ...patch };
    render(<PhonePanel appId="demo" steps={steps} onClose={() => {}} />);
    return steps;
  }

  it("takes number and code where no picture is wanted", async () => {
    const steps = show();
    await type("phone-mobile", " 13800000000{Enter}");
    await type("phone-code", "123456{Enter}");
    expect(steps.sendCode).toHaveBeenCalledWith("demo", "13800000000", undefined);
    expect(steps.signIn).toHaveBeenCalledWith("demo", "13800000000", "123456");
  });

  it("shows a picture where one is wanted, a new one after a mistake or on demand", async () => {
    const sendCode = vi.fn().mockResolvedValueOnce(picture("p1")).mockResolvedValueOnce(picture("p2")).mockResolvedValueOnce(null);
    show({ sendCode });
    await type("phone-mobile", "138{Enter}");
    expect(await screen.findByRole("img", { name: "Characters to type" })).toBeInTheDocument();
    expect(screen.queryByTestId("phone-error")).toBeNull();
    await type("code-picture-input", "wrong{Enter}");
    expect(await screen.findByTestId("phone-error")).toHaveTextContent("do not match the picture");
    await userEvent.click(screen.getByTestId("code-picture-renew"));
    await type("code-picture-input", "right{Enter}");
    expect(await screen.findByTestId("phone-code")).toBeVisible();
    expect(sendCode.mock.calls.map(([, , answer]) => answer as unknown)).toEqual([undefined, { id: "p1", text: "wrong" }, { id: "p9", text: "right" }]);
  });

  it("says what to do when codes are off", async () => {
    show({ sendCode: vi.fn().mockRejectedValueOnce(new CeruleanError(404, "not-found", "")) });
    await type("phone-mobile", "138{Enter}");
    expect(await screen.findByTestId("phone-error")).toHaveTextContent("sends no codes by text message");
  });
});
