import { ActionIcon, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { useShortcuts } from "@/lib/shortcuts";

interface SearchBoxProps {
  q: string;
  onSearch: (q: string) => void;
  /** Moves the focus to the results. */
  onLeave: () => void;
}

const PAUSE_MILLISECONDS = 150;

/** A search field that searches while typing. */
export function SearchBox({ q, onSearch, onLeave }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const [sent, setSent] = useState(q);
  if (q !== sent) {
    // Something else changed the address, such as the back button.
    setSent(q);
    setText(q);
  }

  useEffect(() => {
    if (text.trim() === sent) return;
    const timer = setTimeout(() => {
      setSent(text.trim());
      onSearch(text.trim());
    }, PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text, sent, onSearch]);

  function search(wanted: string) {
    setSent(wanted);
    onSearch(wanted);
  }

  function clear() {
    setText("");
    search("");
  }

  useShortcuts([{ keys: "/", label: "Search", run: () => input.current?.select() }]);

  return (
    <TextInput
      ref={input}
      role="searchbox"
      type="text"
      inputMode="search"
      enterKeyHint="search"
      aria-label="Search videos"
      placeholder="Search names, folders, tags"
      autoComplete="off"
      spellCheck={false}
      maxLength={500}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          if (text) clear();
          else event.currentTarget.blur();
        }
        const isEnter = event.key === "Enter" && !event.nativeEvent.isComposing;
        if (!isEnter && event.key !== "ArrowDown") return;
        event.preventDefault();
        // What is typed is searched for first: the videos of the old list are about to go.
        if (text.trim() === q) onLeave();
        else search(text.trim());
      }}
      leftSection={<IconSearch size={18} aria-hidden />}
      rightSection={
        text && (
          <ActionIcon variant="subtle" color="gray" aria-label="Clear search" onClick={clear}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )
      }
    />
  );
}
