import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { describe, expect, it } from "vitest";

import type { System } from "@/api/system";
import { SettingsPage } from "@/features/settings/SettingsPage";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";
import { makeRoot, makeSystem } from "@/test/systems";

function answer(system: System) {
  server.use(http.get(at("/api/v1/system"), () => HttpResponse.json(system)));
}

describe("SettingsPage", () => {
  it("shows a root with its counts and its disk, and offers to scan it", async () => {
    answer(makeSystem());
    const { dialogs } = renderInApp(<SettingsPage />);
    const root = within(await screen.findByRole("article", { name: "Library folder Videos" }));
    expect(root.getByText("1,200 videos")).toBeTruthy();
    const bad = root.getByRole("link", { name: "3 unreadable" });
    expect(bad.getAttribute("href")).toMatch(/^\/\?.*root=.*status=/);
    expect(root.getByText("120 GB of 500 GB free")).toBeTruthy();
    await userEvent.click(root.getByRole("button", { name: "Scan Videos" }));
    expect(dialogs.openScan).toHaveBeenCalledWith("/home/ada/Videos");
  });

  it("says of an absent root what to do, and does not scan it", async () => {
    answer(makeSystem({ roots: [makeRoot({ available: false, space: null })] }));
    renderInApp(<SettingsPage />);
    expect(await screen.findByText(/Connect and mount its disk/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Scan Videos" }).hasAttribute("disabled")).toBe(true);
  });

  it("says how a root is watched, and when a change was noticed", async () => {
    const detail = "Raise the limit.";
    const noticed_at = new Date(Date.now() - 300_000).toISOString();
    answer(
      makeSystem({
        roots: [
          makeRoot({ watch: { state: "events", detail: null, noticed_at } }),
          makeRoot({ name: "Films", path: "/films", watch: { state: "limited", detail, noticed_at: null } }),
        ],
      }),
    );
    renderInApp(<SettingsPage />);
    const words = "Watched for changes. Last change noticed 5 minutes ago.";
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByText("Checked for changes regularly. Raise the limit.")).toBeTruthy();
  });

  it("says how to name roots where the default one is used", async () => {
    answer(makeSystem({ roots_are_default: true }));
    renderInApp(<SettingsPage />);
    expect(await screen.findByText("Using the default folder")).toBeTruthy();
  });

  it("tells what does not work, and the rest all the same", async () => {
    const checks = {
      database: { ok: false, detail: "The disk is full." },
      ffprobe: { ok: true, detail: "7.1 at /usr/bin/ffprobe" },
    };
    answer(makeSystem({ checks, database: null }));
    renderInApp(<SettingsPage />);
    expect(await screen.findByText("Database: failed")).toBeTruthy();
    expect(screen.getByText("The disk is full.")).toBeTruthy();
    expect(screen.getByText("ffprobe: OK")).toBeTruthy();
  });

  it("says what is still being counted", async () => {
    const pictures = {
      counting: true,
      thumbnails: { files: 10, size_bytes: 1000 },
      storyboards: { files: 0, size_bytes: 0 },
    };
    answer(makeSystem({ pictures, roots: [makeRoot({ videos: null })] }));
    renderInApp(<SettingsPage />);
    expect(await screen.findByText("10 files, counting…")).toBeTruthy();
    expect(screen.getByText("Counting videos…")).toBeTruthy();
  });

  it("says what went wrong, and asks again when told to", async () => {
    answer(makeSystem());
    server.use(
      http.get(at("/api/v1/system"), () => HttpResponse.json({ detail: "The disk is full." }, { status: 507 }), {
        once: true,
      }),
    );
    renderInApp(<SettingsPage />);
    const failure = within(await screen.findByRole("alert", { name: "Could not load folders" }));
    expect(failure.getByText("The disk is full.")).toBeTruthy();
    await userEvent.click(failure.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("1,200 videos")).toBeTruthy();
  });

  it("offers to sign out only where there is a token", async () => {
    answer(makeSystem({ token_required: true }));
    renderInApp(<SettingsPage />);
    expect(await screen.findByRole("button", { name: "Sign out" })).toBeTruthy();
  });

  it("shows the report of versions to copy where the browser does not copy", async () => {
    answer(makeSystem());
    renderInApp(<SettingsPage />);
    const button = await screen.findByRole("button", { name: "Copy for a bug report" });
    Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    button.click();
    const text = await screen.findByLabelText<HTMLTextAreaElement>("Select and copy this");
    expect(text.value).toContain("stoat-ferret: 0.1.0\nPython: 3.11.9");
    expect(text.value).not.toContain("/home/ada");
  });
});
