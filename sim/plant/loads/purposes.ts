// What the plant's counter-based draws are for; a number is never used twice.

export const PURPOSE = {
  occupancyStart: 100,
  occupancyHome: 101,
  occupancyFollow: 102,
  occupancyOwn: 103,
  applianceStart: 110,
  applianceSettle: 111,
  lampMinutes: 112,
  dayOfStreet: 113,
  weatherOfStreet: 114,
  cloudOfStreet: 115,
} as const;
