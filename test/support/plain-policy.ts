// A policy file for tests of bills: it bills at six, and nothing in it is special.

export const PLAIN_POLICY = `id: p
title: P
billAt: "06:00"
dueDays: 15
reminderDaysAfterDue: 4
noticeDaysAfterDue: 10
clearDays: 15
tripFrom: "09:00"
tripUntil: "13:00"
workingDaysOnly: true
reconnectionFeeMinor: 100
arrearsMinMinor: 100
`;
