import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { IconLogout } from "@tabler/icons-react";

import { sentenceOf } from "@/api/problem";
import { signOut } from "@/api/session";
import { Section } from "@/components/ui/Section";
import { setTokenRequired, notifyOtherTabs } from "@/lib/session";

export function SessionSection() {
  const queryClient = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      setTokenRequired(true);
      queryClient.clear();
      notifyOtherTabs(false);
    },
  });
  return (
    <Section title="Session" about="This browser is signed in with the server’s token.">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconLogout size={16} aria-hidden />}
        loading={leave.isPending}
        style={{ alignSelf: "flex-start" }}
        onClick={() => leave.mutate()}
      >
        Sign out
      </Button>
      {leave.isError && (
        <Text size="sm" role="alert">
          {sentenceOf(leave.error)}
        </Text>
      )}
    </Section>
  );
}
