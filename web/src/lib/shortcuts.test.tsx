import { fireEvent, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { EVERYWHERE, useActiveShortcuts, useShortcuts, type Shortcut } from "@/lib/shortcuts";

function Page({ shortcuts }: { shortcuts: Shortcut[] }) {
  useShortcuts(shortcuts);
  return (
    <>
      <input aria-label="Search" />
      <button type="button">Press</button>
    </>
  );
}

function press(key: string) {
  fireEvent.keyDown(document.activeElement ?? document.body, { key });
}

function List() {
  return useActiveShortcuts().map(({ name, shortcuts }) => (
    <p key={name}>{`${name}: ${shortcuts.map((one) => `${one.keys} ${one.label}`).join(", ")}`}</p>
  ));
}

describe("shortcuts", () => {
  it("run for one key and for two in a row", async () => {
    const one = vi.fn();
    const two = vi.fn();
    render(<Page shortcuts={[{ keys: "/", label: "", run: one }, { keys: "g l", label: "", run: two }]} />);
    await userEvent.keyboard("/");
    expect(one).toHaveBeenCalledOnce();
    await userEvent.keyboard("xl");
    expect(two).not.toHaveBeenCalled();
    await userEvent.keyboard("gl");
    expect(two).toHaveBeenCalledOnce();
  });

  it("rest while somebody types, with modifiers, and in dialogs", async () => {
    const run = vi.fn();
    const { getByLabelText, rerender } = render(<Page shortcuts={[{ keys: "s", label: "", run }]} />);
    await userEvent.type(getByLabelText("Search"), "s");
    await userEvent.click(document.body);
    await userEvent.keyboard("{Control>}s{/Control}");
    rerender(
      <>
        <Page shortcuts={[{ keys: "s", label: "", run }]} />
        <div role="dialog" aria-modal="true" />
      </>,
    );
    await userEvent.keyboard("s");
    expect(run).not.toHaveBeenCalled();
  });

  it("leave the keys that press a button to the button", async () => {
    const run = vi.fn();
    const { getByText } = render(<Page shortcuts={[{ keys: " ", label: "", run }]} />);
    getByText("Press").focus();
    await userEvent.keyboard(" ");
    expect(run).not.toHaveBeenCalled();
    getByText("Press").blur();
    await userEvent.keyboard(" ");
    expect(run).toHaveBeenCalledOnce();
  });

  it("of the page come before those that are everywhere, and go with it", () => {
    const everywhere = { keys: "s", label: "scan", run: vi.fn(), group: EVERYWHERE };
    const own = { keys: "f", label: "find", run: vi.fn() };
    const { container, rerender } = render(
      <>
        <Page shortcuts={[everywhere]} />
        <Page shortcuts={[own]} />
        <List />
      </>,
    );
    expect(container.textContent).toContain("On this page: f findEverywhere: s scan");
    rerender(
      <>
        <Page shortcuts={[everywhere]} />
        <List />
      </>,
    );
    expect(container.textContent).not.toContain("find");
  });

  it("of the page win over those that are everywhere", async () => {
    const everywhere = vi.fn();
    const own = vi.fn();
    render(
      <>
        <Page shortcuts={[{ keys: "s", label: "", run: own }]} />
        <Page shortcuts={[{ keys: "s", label: "", run: everywhere, group: EVERYWHERE }]} />
      </>,
    );
    await userEvent.keyboard("s");
    expect(own).toHaveBeenCalledOnce();
    expect(everywhere).not.toHaveBeenCalled();
  });

  it("run for any of several second keys", async () => {
    const run = vi.fn();
    const digit = vi.fn();
    render(
      <Page
        shortcuts={[
          { keys: "r 1", also: ["r 2"], label: "", run },
          { keys: "0", also: ["1", "2"], label: "", run: digit },
        ]}
      />,
    );
    await userEvent.keyboard("r2");
    expect(run).toHaveBeenCalledExactlyOnceWith("2");
    expect(digit).not.toHaveBeenCalled();
    await userEvent.keyboard("2");
    expect(digit).toHaveBeenCalledExactlyOnceWith("2");
  });

  it("run for further keys, and say which; not while they have another meaning", async () => {
    const run = vi.fn();
    let isOn = true;
    render(<Page shortcuts={[{ keys: "0", also: ["1", "2"], label: "", run, when: () => isOn }]} />);
    await userEvent.keyboard("2");
    expect(run).toHaveBeenCalledExactlyOnceWith("2");
    isOn = false;
    await userEvent.keyboard("0");
    expect(run).toHaveBeenCalledOnce();
  });

  it("leave the keys that move a choice or a value to it", () => {
    const run = vi.fn();
    const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
    const { getByLabelText } = render(
      <>
        <Page shortcuts={keys.map((one) => ({ keys: one, label: "", run }))} />
        <input type="radio" aria-label="Stars" />
        <input type="range" aria-label="Volume" />
        <div role="slider" tabIndex={0} aria-valuenow={1} aria-label="Size" />
      </>,
    );
    for (const label of ["Stars", "Volume", "Size"]) {
      getByLabelText(label).focus();
      keys.forEach(press);
    }
    expect(run).not.toHaveBeenCalled();
    getByLabelText("Size").blur();
    keys.forEach(press);
    expect(run).toHaveBeenCalledTimes(keys.length);
  });
});
