// A scenario's text with completion and explanations from its schema, and its problems where they are.

import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import SCHEMA from "../../scenarios/schemas/scenario.schema.json";
import type { ScenarioProblem } from "../player/local-messages.ts";
import { hintAt, type JsonSchema, offersAt } from "./schema-completion.ts";

const schema = SCHEMA as unknown as JsonSchema;

export interface EditorHandle {
  /** Puts the cursor there; lines and columns count from 1. */
  goTo(line: number, column: number): void;
}

interface ScenarioEditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly problems: readonly ScenarioProblem[];
  /** Beside the scenario, by their place. */
  readonly files: readonly string[];
  readonly onReady: (handle: EditorHandle) => void;
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "#8fd0ff" },
  { tag: [tags.string, tags.content], color: "#eef3f7" },
  { tag: tags.comment, color: "#aebbc6", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "#ffd9a0" },
  { tag: [tags.punctuation, tags.separator], color: "#c8d3dc" },
]);

const LOOK = EditorView.theme(
  {
    "&": { height: "100%", fontSize: "15px", color: "#eef3f7", backgroundColor: "#101a24" },
    ".cm-gutters": { color: "#aebbc6", backgroundColor: "#101a24", border: "none" },
    ".cm-activeLineGutter": { backgroundColor: "#1b2834" },
    ".cm-cursor": { borderLeftColor: "#ffffff", borderLeftWidth: "2px" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
      { backgroundColor: "#2f5d86" },
    ".cm-tooltip": {
      color: "#eef3f7",
      backgroundColor: "#1b2834",
      border: "1px solid #3d5166",
      fontSize: "15px",
      maxWidth: "min(90vw, 520px)",
    },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
      color: "#ffffff",
      backgroundColor: "#1d5c94",
    },
    ".cm-completionDetail": { color: "#c8d3dc", fontStyle: "normal" },
    ".cm-hint": { padding: "6px 10px" },
    ".cm-panels": { color: "#eef3f7", backgroundColor: "#1b2834" },
    ".cm-panels input, .cm-panels button, .cm-panels label": { fontSize: "15px" },
  },
  { dark: true },
);

export function ScenarioEditor(props: ScenarioEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({ doc: latest.current.text, extensions: extensionsFor(latest) }),
    });
    view.current = made;
    latest.current.onReady({
      goTo(line, column) {
        const at = offsetOf(made, line, column);
        made.dispatch({
          selection: { anchor: at },
          effects: EditorView.scrollIntoView(at, { y: "center" }),
        });
        made.focus();
      },
    });
    return () => made.destroy();
  }, []);
  useEffect(() => {
    const made = view.current;
    if (made === null || made.state.doc.toString() === props.text) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: props.text } });
  }, [props.text]);
  useEffect(() => {
    const made = view.current;
    if (made === null) return;
    const diagnostics = props.problems.flatMap((problem) => diagnosticOf(made, problem));
    made.dispatch(setDiagnostics(made.state, diagnostics));
  }, [props.problems]);
  return <div ref={host} className="scenario-editor" />;
}

function extensionsFor(latest: { readonly current: ScenarioEditorProps }) {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const { from, offers } = offersAt(text, context.pos, schema, latest.current.files);
    if (!context.explicit && from === context.pos) return null;
    return {
      from,
      options: offers.map(({ label, kind, detail, info }) => ({
        ...{ label, detail, type: kind === "key" ? "property" : "constant" },
        ...(info === "" ? {} : { info }),
        apply: kind === "key" ? `${label}: ` : label,
      })),
    };
  };
  const hints = hoverTooltip((view, pos) => {
    const word = view.state.wordAt(pos);
    if (word === null) return null;
    const hint = hintAt(view.state.doc.toString(), word.from, schema);
    if (hint === "") return null;
    return {
      pos: word.from,
      create() {
        const dom = document.createElement("div");
        dom.className = "cm-hint";
        dom.textContent = hint;
        return { dom };
      },
    };
  });
  return [
    ...[lineNumbers(), history(), yaml(), indentUnit.of("  "), highlightSelectionMatches()],
    ...[lintGutter(), hints, LOOK, syntaxHighlighting(COLOURS), EditorView.lineWrapping],
    autocompletion({ override: [complete], activateOnTypingDelay: 50 }),
    // Escape first, then Tab leaves: who has no mouse is not caught.
    keymap.of([
      ...[...completionKeymap, ...historyKeymap, ...searchKeymap, ...defaultKeymap],
      indentWithTab,
    ]),
    EditorView.contentAttributes.of({
      "aria-label": "Scenario",
      spellcheck: "false",
      tabindex: "0",
    }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest.current.onChange(state.doc.toString());
    }),
  ];
}

function offsetOf({ state }: EditorView, line: number, column: number): number {
  const { from, to } = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  return Math.min(from + Math.max(0, column - 1), to);
}

/** Problems of other files have no place in this text. */
function diagnosticOf(view: EditorView, problem: ScenarioProblem): readonly Diagnostic[] {
  if (!problem.isHere || problem.line <= 0) return [];
  const from = offsetOf(view, problem.line, problem.column);
  const to =
    problem.endColumn === undefined
      ? view.state.doc.lineAt(from).to
      : offsetOf(view, problem.line, problem.endColumn);
  return [{ from, to: Math.max(from, to), severity: "error", message: problem.sentence }];
}
