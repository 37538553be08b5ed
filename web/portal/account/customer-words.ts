// What the states of an account and the company's messages mean to the customer.

export const CUSTOMER_WORDS: Readonly<Record<string, string>> = {
  active: "Your account is in order.",
  due: "A bill is open.",
  overdue: "A bill is past its due date.",
  warned: "You have had a reminder.",
  noticed: "You have had a notice: your supply may be cut off.",
  tripping: "Your supply is being cut off.",
  tripped: "Your supply is cut off.",
  reconnecting: "Your supply is being switched on again.",
  emergency: "You are on emergency credit.",
  "no-credit": "Your supply is off: the credit is used up.",
};

export const ALERT_WORDS: Readonly<Record<string, string>> = {
  bill: "A new bill",
  "bill-corrected": "An earlier bill was corrected",
  reminder: "Reminder: a bill is past its due date",
  notice: "Notice: your supply may be cut off",
  "notice-served": "Your meter has shown the notice",
  tripped: "Your supply was cut off",
  reconnected: "Your supply is on again",
  payment: "Your payment has arrived",
  "dispute-opened": "Your dispute is looked into",
  "dispute-closed": "Your dispute is decided",
  "low-credit": "Your credit is low",
  "no-credit": "Your credit is used up",
  "credit-restored": "You have credit again",
  "token-sent": "A top-up is on its way to your meter",
  "theft-notice": "The company asks about your connection",
  assessed: "Energy that was not counted was charged",
};
