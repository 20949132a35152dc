import { CeruleanError } from "@cerulean/sdk";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { CodeSteps } from "../client/useSession";
import { SignIn, type SignInProps } from "./SignIn";

function show(patch: Partial<SignInProps> = {}) {
  const props: SignInProps = {
    appId: "demo",
    kickReason: null,
    onSignIn: vi.fn(async () => {}),
    onRegister: vi.fn(async () => {}),
    onCode: vi.fn(() => new Promise<void>(() => {})),
    phone: { sendCode: vi.fn(async () => null), requestPicture: vi.fn(), signIn: vi.fn(async () => true) },
    numberToBind: null,
    onDropNumber: vi.fn(),
    onRequestReset: vi.fn(async () => {}),
    onReset: vi.fn(async () => {}),
    ...patch,
  };
  render(<SignIn {...props} />);
  return { props, user: userEvent.setup() };
}

describe("SignIn", () => {
  it("signs in with the app of the server filled in", async () => {
    const { props, user } = show();
    await user.type(screen.getByLabelText("User name"), " demo1 ");
    await user.type(screen.getByLabelText("Password"), "secret{Enter}");
    expect(props.onSignIn).toHaveBeenCalledWith({ appId: "demo", name: "demo1", password: "secret" });
  });

  it("asks for what is missing and sends nothing", async () => {
    const { props, user } = show({ appId: "" });
    await user.click(screen.getByTestId("sign-in-submit"));
    expect(screen.getByText("Please enter your user name.")).toBeVisible();
    expect(screen.getByText("Please enter the App ID.")).toBeVisible();
    expect(props.onSignIn).not.toHaveBeenCalled();
  });

  it("explains a refused sign-in", async () => {
    const { user } = show({ onSignIn: () => Promise.reject(new CeruleanError(10000, "rejected", "Operation rejected")) });
    await user.type(screen.getByLabelText("User name"), "demo1");
    await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("User name, password or App ID is wrong");
  });

  it("registers only names that the server takes", async () => {
    const { props, user } = show();
    await user.click(screen.getByTestId("sign-in-switch"));
    await user.type(screen.getByLabelText("User name"), "12345");
    await user.type(screen.getByLabelText("Password"), "secret{Enter}");
    expect(props.onRegister).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText("User name"), "_new");
    await user.click(screen.getByTestId("sign-in-submit"));
    expect(props.onRegister).toHaveBeenCalledWith({ appId: "demo", name: "12345_new", password: "secret" });
  });

  it("tells why the last session ended", () => {
    show({ kickReason: "password-changed" });
    expect(screen.getByRole("status")).toHaveTextContent("Your password was changed");
  });

  it("shows a code for another device, follows it, and offers a new one when it ends", async () => {
    let steps: CodeSteps | undefined;
    let fail: (error: Error) => void = () => {};
    const onCode = vi.fn((_appId: string, given: CodeSteps) => {
      steps = given;
      return new Promise<void>((_resolve, reject) => (fail = reject));
    });
    const { user } = show({ onCode });
    await user.click(screen.getByTestId("code-sign-in"));
    act(() => steps?.onCode({ ticket: "secret-ticket", url: "http://x.test/chat/#qr_login=shown", expiresAt: Date.now() + 60_000 }));
    expect(screen.getByTestId("qr-picture")).toBeVisible();
    expect(document.body.innerHTML).not.toContain("secret-ticket");
    act(() => steps?.onStatus("scanned"));
    expect(screen.getByTestId("code-status")).toHaveTextContent("Confirm on the other device");
    await act(async () => fail(new CeruleanError(0, "code-expired", "")));
    expect(screen.queryByTestId("qr-picture")).toBeNull();
    await user.click(screen.getByTestId("code-again"));
    expect(onCode).toHaveBeenCalledTimes(2);
    await user.click(screen.getByTestId("code-stop"));
    expect(steps?.signal.aborted).toBe(true);
  });

  it("sets a new password by a code, after a wrong one", async () => {
    const onReset = vi.fn(async () => {});
    onReset.mockRejectedValueOnce(new CeruleanError(10001, "wrong-code", ""));
    const { props, user } = show({ onReset });
    await user.click(screen.getByTestId("reset-start"));
    await user.type(screen.getByTestId("reset-contact"), "heron@example.com{Enter}");
    expect(props.onRequestReset).toHaveBeenCalledWith("demo", "heron@example.com");
    await user.type(await screen.findByTestId("reset-code"), "12345");
    await user.type(screen.getByTestId("reset-password"), "four quiet herons");
    expect(screen.getByTestId("reset-submit")).toBeDisabled();
    await user.type(screen.getByTestId("reset-code"), "6{Enter}");
    expect(await screen.findByTestId("reset-error")).toHaveTextContent("The code is wrong");
    await user.click(screen.getByTestId("reset-submit"));
    expect(onReset).toHaveBeenLastCalledWith("demo", { contact: "heron@example.com", code: "123456", newPassword: "four quiet herons" });
    await user.click(await screen.findByTestId("reset-close"));
    expect(screen.getByTestId("sign-in-form")).toBeVisible();
  });

  it("says so where an app sends no codes", async () => {
    const { user } = show({ onRequestReset: () => Promise.reject(new CeruleanError(404, "not-found", "")) });
    await user.click(screen.getByTestId("reset-start"));
    await user.type(screen.getByTestId("reset-contact"), "heron@example.com{Enter}");
    expect(await screen.findByTestId("reset-error")).toHaveTextContent("sends no codes");
  });

  it("says what comes of a number that nobody has confirmed, and lets go of it", async () => {
    const signIn = vi.fn(async () => false);
    const { user } = show({ phone: { sendCode: vi.fn(async () => null), requestPicture: vi.fn(), signIn } });
    await user.click(screen.getByTestId("phone-start"));
    await user.type(screen.getByTestId("phone-mobile"), "13800000002{Enter}");
    await user.type(await screen.findByTestId("phone-code"), "123456{Enter}");
    expect(await screen.findByTestId("sign-in-form")).toBeVisible();

    const { props } = show({ numberToBind: "13800000002" });
    expect(screen.getByTestId("number-to-bind")).toHaveTextContent("Nobody has confirmed 13800000002 yet");
    await user.click(screen.getByTestId("number-drop"));
    expect(props.onDropNumber).toHaveBeenCalled();
  });
});
