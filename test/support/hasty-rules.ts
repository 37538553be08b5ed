// A tariff and a policy for streets of a few hours: one price, and everything from the bill to the trip within a day.

export const FLAT_TARIFF = `id: flat
title: Flat
currency: INR
blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: 500000 }]
`;

export const HASTY_POLICY = `id: hasty
title: Everything within a day
billAt: "06:00"
dueDays: 0
reminderDaysAfterDue: 0
noticeDaysAfterDue: 0
clearDays: 0
tripFrom: "00:00"
tripUntil: "23:59"
workingDaysOnly: false
reconnectionFeeMinor: 6000
arrearsMinMinor: 100
`;
