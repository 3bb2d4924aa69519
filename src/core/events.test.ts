import { describe, expect, it } from 'vitest'
import { createEvents, type WarningEvent } from './events.ts'

const warning: WarningEvent = { code: 'SUB_TEST', message: 'a test', details: {} }

describe('events', () => {
  it('reach those who listen, until they stop', () => {
    const events = createEvents()
    const heard: string[] = []
    expect(events.listened('warning')).toBe(false)
    const off = events.on('warning', ({ message }) => heard.push(message))
    expect(events.listened('warning')).toBe(true)
    expect(events.listened('statement')).toBe(false)
    events.emit('warning', warning)
    off()
    events.emit('warning', warning)
    expect(heard).toEqual(['a test'])
    expect(events.listened('warning')).toBe(false)
  })

  it('a listener that fails harms neither the others nor the caller, and is reported', async () => {
    const events = createEvents()
    const heard: string[] = []
    const reports: Error[] = []
    const report = (error: Error) => reports.push(error)
    process.on('warning', report)
    try {
      events.on('warning', () => {
        throw new Error('thrown')
      })
      const rejected: () => unknown = () => Promise.reject(new Error('rejected'))
      events.on('warning', rejected)
      events.on('warning', () => heard.push('last'))
      events.emit('warning', warning)
      expect(heard).toEqual(['last'])
      await expect.poll(() => reports.length).toBe(2)
      expect(reports.map(({ message }) => message)).toEqual([
        expect.stringContaining('thrown'),
        expect.stringContaining('rejected'),
      ])
    } finally {
      process.off('warning', report)
    }
  })
})
