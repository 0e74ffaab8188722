import { Button, Group, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { IconFolderPlus } from "@tabler/icons-react";
import { useState } from "react";

import { addRoot } from "@/api/folders";
import { sentenceOf } from "@/api/problem";
import { useDialogs } from "@/lib/dialogs";
import { refresh } from "@/lib/live/refresh";

/** Adds a folder of the server to the library, and offers to scan it. */
export function AddFolder() {
  const [path, setPath] = useState("");
  const queryClient = useQueryClient();
  const { openScan } = useDialogs();
  const add = useMutation({
    mutationFn: () => addRoot(path.trim()),
    onSuccess: async (root) => {
      setPath("");
      await refresh(queryClient);
      openScan(root.path);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim() !== "") add.mutate();
      }}
    >
      <Group align="flex-start" gap="xs">
        <TextInput
          label="Add a folder"
          description="The whole path of a folder on the server."
          placeholder="/mnt/videos"
          error={add.error && sentenceOf(add.error)}
          value={path}
          flex={1}
          miw={{ base: "100%", xs: 200 }}
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => {
            add.reset();
            setPath(event.currentTarget.value);
          }}
        />
        <Button
          type="submit"
          variant="default"
          mt={{ base: 0, xs: 45 }}
          leftSection={<IconFolderPlus size={16} aria-hidden />}
          disabled={path.trim() === ""}
          loading={add.isPending}
        >
          Add folder
        </Button>
      </Group>
    </form>
  );
}
