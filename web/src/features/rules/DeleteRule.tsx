import { Alert, Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { deleteRule, rulesQuery, type Rule } from "@/api/rules";

/** A button that deletes a rule, after asking. */
export function DeleteRule({ rule, describedBy }: { rule: Rule; describedBy: string }) {
  const [opened, dialog] = useDisclosure(false);
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteRule(rule.id),
    onSuccess: () => {
      dialog.close();
      // At once, so that nobody asks for the history of a rule that is gone.
      queryClient.setQueryData(rulesQuery.queryKey, (known) => known?.filter((one) => one.id !== rule.id));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey }),
  });
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        mih={{ base: 44, sm: 26 }}
        aria-describedby={describedBy}
        onClick={dialog.open}
      >
        Delete
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={`Delete ${rule.name}`} closeButtonProps={{ "aria-label": "Close" }}>
        <Text size="sm" mb="md">
          The rule and its history will be deleted. Its jobs go on, and what it made stays.
        </Text>
        {remove.isError && (
          <Alert color="red" variant="light" role="alert" mb="md">
            {sentenceOf(remove.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={dialog.close} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete rule
          </Button>
        </Group>
      </Modal>
    </>
  );
}
