import { Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";

import { ApiError, sentenceOf, UNAUTHORIZED } from "@/api/problem";
import { signIn } from "@/api/session";
import { setTokenRequired, notifyOtherTabs } from "@/lib/session";

/** Asks for the token instead of showing the page; it is only stored in a cookie that scripts cannot read. */
export function TokenPrompt() {
  const queryClient = useQueryClient();
  const [token, setToken] = useState("");
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: async () => {
      // Refused requests are repeated as soon as they are shown.
      await queryClient.invalidateQueries();
      setTokenRequired(false);
      notifyOtherTabs(true);
    },
  });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (token.trim() !== "") attempt.mutate(token.trim());
  }

  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw="26rem">
        <form onSubmit={submit}>
          <Stack>
            <img src="/icon.svg" alt="" width={40} height={40} />
            <Title order={1} size="h3">
              Sign in to stoat-ferret
            </Title>
            <Text size="sm" c="dimmed">
              This server requires a token: the value of its setting <Code>STOAT_TOKEN</Code>.
            </Text>
            <PasswordInput
              label="Token"
              name="token"
              autoComplete="current-password"
              data-autofocus
              autoFocus // oxlint-disable-line jsx-a11y/no-autofocus -- there is nothing else to do here
              required
              withAsterisk={false}
              value={token}
              error={attempt.isError ? refusal(attempt.error) : null}
              visibilityToggleButtonProps={{ "aria-label": "Show or hide the token", tabIndex: 0 }}
              onChange={(event) => {
                setToken(event.currentTarget.value);
                attempt.reset();
              }}
            />
            <Button type="submit" loading={attempt.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

function refusal(error: Error): string {
  return error instanceof ApiError && error.status === UNAUTHORIZED
    ? "Wrong token. Check for capital letters and missing characters."
    : sentenceOf(error);
}
