"""All projections, imported so that they are registered before any event is applied."""

from store import calendars, centres, counters, days, dossiers, jobs, people, procedures, tickets

MODULES = (calendars, centres, counters, days, dossiers, jobs, people, procedures, tickets)
