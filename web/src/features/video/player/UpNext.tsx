import { Button, Group, Text } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import classes from "@/features/video/player/Player.module.css";

const WAIT_SECONDS = 5;

interface UpNextProps {
  slot: string;
  name: string;
  onPlay: () => void;
  onCancel: () => void;
}

/** Plays the next video in five seconds, unless that is cancelled. */
export function UpNext({ slot, name, onPlay, onCancel }: UpNextProps) {
  const [left, setLeft] = useState(WAIT_SECONDS);
  useEffect(() => {
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : onPlay()), 1000);
    return () => clearTimeout(timer);
  }, [left, onPlay]);

  return (
    // The attribute keeps the controls from hiding it.
    <div slot={slot} className={classes["next"]} {...{ noautohide: "" }}>
      <Text role="status" size="sm" lineClamp={2}>
        Next: {name}
      </Text>
      <Group gap="xs" justify="center">
        <Button size="sm" leftSection={<IconPlayerPlayFilled size={14} aria-hidden />} onClick={onPlay}>
          Play now
        </Button>
        <Button size="sm" variant="default" onClick={onCancel}>
          Cancel ({left})
        </Button>
      </Group>
    </div>
  );
}
