// What became of the last thing that somebody asked for.

import { Notification } from "@mantine/core";
import { useEffect } from "react";
import { dismissNotice, useStreet } from "../player/store.ts";

const SHOWN_MS = 6_000;

export function NoticeLine() {
  const notice = useStreet((store) => store.notice);
  useEffect(() => {
    if (notice === null || notice.isProblem) return;
    const timer = window.setTimeout(dismissNotice, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [notice]);
  if (notice === null) return null;
  return (
    <Notification
      className="notice"
      role={notice.isProblem ? "alert" : "status"}
      color={notice.isProblem ? "red" : "teal"}
      withBorder
      onClose={dismissNotice}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {notice.text}
    </Notification>
  );
}
