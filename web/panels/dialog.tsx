// A dialog over the page. Mantine's own puts its title into a <header>, which a reader of pages would take for a second
// head of the page.

import { Modal, type ModalProps } from "@mantine/core";
import type { ReactNode } from "react";

interface DialogProps extends Pick<ModalProps, "size" | "centered" | "closeOnEscape"> {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
}

export function Dialog({
  isOpen,
  onClose,
  title,
  children,
  size = "md",
  centered,
  closeOnEscape = true,
}: DialogProps) {
  return (
    <Modal.Root
      opened={isOpen}
      onClose={onClose}
      size={size}
      centered={centered === true}
      closeOnEscape={closeOnEscape}
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className="dialog-head">
            <Modal.Title>{title}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
