import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { describe, expect, it } from "vitest";

import type { System } from "@/api/system";
import { SettingsPage } from "@/features/settings/SettingsPage";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";
import { makeRoot, makeRoots, makeSettings, makeSystem } from "@/test/systems";

function answer(system: System, roots = makeRoots(), settings = makeSettings()) {
  server.use(
    http.get(at("/api/v1/system"), () => HttpResponse.json(system)),
    http.get(at("/api/v1/roots"), () => HttpResponse.json(roots)),
    http.get(at("/api/v1/settings"), () => HttpResponse.json(settings)),
  );
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

  it("removes no folder that a variable sets, and adds none where nobody may", async () => {
    answer(makeSystem(), makeRoots({ fixed_by: "STOAT_ROOTS" }, false));
    renderInApp(<SettingsPage />);
    expect(await screen.findByText("Set by STOAT_ROOTS")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Remove Videos" })).toBeNull();
    expect(screen.getByText(/Folders cannot be added here/)).toBeTruthy();
    expect(screen.queryByLabelText("Add a folder")).toBeNull();
  });

  it("says what happens to the videos of a folder, removes it, and brings it back", async () => {
    answer(makeSystem());
    const removal = { name: "Videos", path: "/home/ada/Videos", count: 12, annotated: 1, forgotten: 12, job: null };
    const sent: unknown[] = [];
    server.use(
      http.post(at("/api/v1/roots/remove"), async ({ request }) => {
        const body = (await request.json()) as { dry_run: boolean };
        sent.push(body);
        return HttpResponse.json({ ...removal, dry_run: body.dry_run, undo: body.dry_run ? null : "token" });
      }),
      http.post(at("/api/v1/undo/token"), () => {
        sent.push("undo");
        return HttpResponse.json({ restored: 12, changed_since: 0 });
      }),
    );
    renderInApp(<SettingsPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Remove Videos" }));
    expect(await screen.findByText(/12 videos in it .* 1 of them has a title, tags/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Remove folder" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Videos is back.")).toBeTruthy();
    const path = "/home/ada/Videos";
    expect(sent).toEqual([
      { path, dry_run: true },
      { path, dry_run: false, expected_count: 12 },
      "undo",
    ]);
  });

  it("saves what was changed, and shows an objection at its field", async () => {
    answer(makeSystem(), makeRoots(), makeSettings({}, { watch: "STOAT_WATCH" }));
    const sent: unknown[] = [];
    const refusal = {
      detail: "no",
      errors: [{ location: "body.quiet_hours", message: "'at night' is no span of hours", code: "value_error" }],
    };
    server.use(
      http.patch(at("/api/v1/settings"), async ({ request }) => {
        const body: unknown = await request.json();
        sent.push([request.headers.get("if-match"), body]);
        if (sent.length === 1) return HttpResponse.json(refusal, { status: 422 });
        const saved = makeSettings({ quiet_hours: "22:00-6:00", render_concurrency: 2 });
        server.use(http.get(at("/api/v1/settings"), () => HttpResponse.json(saved)));
        return HttpResponse.json(saved);
      }),
    );
    renderInApp(<SettingsPage />);
    const form = within(await screen.findByRole("form", { name: "Scans and renders" }));
    expect(form.getByText(/Set by STOAT_WATCH/)).toBeTruthy();
    const save = form.getByRole("button", { name: "Save" });
    expect(save.hasAttribute("disabled")).toBe(true);
    const hours = form.getByLabelText("Quiet hours");
    await userEvent.type(hours, "at night");
    await userEvent.click(save);
    expect(await form.findByText("'at night' is no span of hours.")).toBeTruthy();
    await userEvent.clear(hours);
    await userEvent.type(hours, "22:00-6:00");
    await userEvent.clear(form.getByLabelText("Renders at a time"));
    await userEvent.type(form.getByLabelText("Renders at a time"), "2");
    await userEvent.click(save);
    expect(await screen.findByDisplayValue("22:00-6:00")).toBeTruthy();
    expect(form.queryByRole("button", { name: "Discard changes" })).toBeNull();
    expect(sent).toEqual([
      ['"3"', { quiet_hours: "at night" }],
      ['"3"', { quiet_hours: "22:00-6:00", render_concurrency: 2 }],
    ]);
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
