import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { beforeEach, describe, expect, it } from "vitest";

import { TokenPrompt } from "@/features/session/TokenPrompt";
import { setTokenRequired, useTokenRequired } from "@/lib/session";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

function Gate() {
  return useTokenRequired() ? <TokenPrompt /> : <p>Let in</p>;
}

describe("TokenPrompt", () => {
  beforeEach(() => {
    setTokenRequired(true);
    server.use(
      http.post(at("/api/v1/session"), async ({ request }) => {
        const { token } = (await request.json()) as { token: string };
        return token === "right"
          ? new HttpResponse(null, { status: 204 })
          : HttpResponse.json(
              { type: "urn:stoat-ferret:problem:token-required", detail: "Send the token" },
              { status: 401, headers: { "content-type": "application/problem+json" } },
            );
      }),
    );
  });

  it("says that a token is wrong, until another one is typed", async () => {
    renderInApp(<Gate />);
    await userEvent.type(screen.getByLabelText("Token"), "wrong{Enter}");
    expect(await screen.findByText(/Wrong token/)).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Token"), "x");
    expect(screen.queryByText(/Wrong token/)).toBeNull();
  });

  it("lets in with the right token, and has everything asked for again", async () => {
    const { queryClient } = renderInApp(<Gate />);
    queryClient.setQueryData(["roots"], "old");
    await userEvent.type(screen.getByLabelText("Token"), " right {Enter}");
    expect(await screen.findByText("Let in")).toBeTruthy();
    await waitFor(() => expect(queryClient.getQueryState(["roots"])?.isInvalidated).toBe(true));
  });

  it("shows what was typed when asked", async () => {
    renderInApp(<Gate />);
    expect(screen.getByLabelText("Token").getAttribute("type")).toBe("password");
    await userEvent.click(screen.getByRole("button", { name: "Show or hide the token" }));
    expect(screen.getByLabelText("Token").getAttribute("type")).toBe("text");
  });
});
