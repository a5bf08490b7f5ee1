/** Aura's tokens with one accent and a denser grid; only the parts in use, which keeps the first page small. */
import { definePreset } from '@primeuix/themes'
import base from '@primeuix/themes/aura/base'
import button from '@primeuix/themes/aura/button'
import checkbox from '@primeuix/themes/aura/checkbox'
import dialog from '@primeuix/themes/aura/dialog'
import drawer from '@primeuix/themes/aura/drawer'
import inputtext from '@primeuix/themes/aura/inputtext'
import message from '@primeuix/themes/aura/message'
import selectbutton from '@primeuix/themes/aura/selectbutton'
import skeleton from '@primeuix/themes/aura/skeleton'
import toast from '@primeuix/themes/aura/toast'
import togglebutton from '@primeuix/themes/aura/togglebutton'
import toggleswitch from '@primeuix/themes/aura/toggleswitch'

const shades = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950]
const palette = (name: string) => Object.fromEntries(shades.map((shade) => [shade, `{${name}.${shade}}`]))

const components = {
  button,
  checkbox,
  dialog,
  drawer,
  inputtext,
  message,
  selectbutton,
  skeleton,
  toast,
  togglebutton,
  toggleswitch,
}

export const preset = definePreset({ ...base, components }, {
  semantic: {
    primary: palette('teal'),
    formField: { paddingX: '0.625rem', paddingY: '0.375rem', borderRadius: '{border.radius.sm}' },
    focusRing: { width: '2px', style: 'solid', color: '{primary.color}', offset: '2px' },
    colorScheme: {
      light: {
        surface: { 0: '#ffffff', ...palette('slate') },
        primary: {
          color: '{teal.700}',
          contrastColor: '#ffffff',
          hoverColor: '{teal.800}',
          activeColor: '{teal.900}',
        },
        text: { color: '{slate.900}', mutedColor: '{slate.600}', hoverMutedColor: '{slate.700}' },
        formField: { placeholderColor: '{slate.600}', borderColor: '{slate.400}' },
      },
      dark: {
        surface: { 0: '#ffffff', ...palette('slate') },
        primary: {
          color: '{teal.300}',
          contrastColor: '{slate.950}',
          hoverColor: '{teal.200}',
          activeColor: '{teal.100}',
        },
        text: { color: '{slate.100}', mutedColor: '{slate.400}', hoverMutedColor: '{slate.300}' },
        formField: { placeholderColor: '{slate.400}', borderColor: '{slate.500}', background: '{slate.900}' },
        content: { background: '{slate.900}' },
      },
    },
  },
  components: {
    // Aura's own greys and reds on tinted grounds stay just under 4.5:1.
    togglebutton: { colorScheme: { light: { root: { color: '{surface.700}' } }, dark: { root: { color: '{surface.300}' } } } },
    message: { colorScheme: { light: { error: { color: '{red.800}' }, success: { color: '{green.800}' }, warn: { color: '{yellow.800}' } }, dark: { error: { color: '{red.300}' } } } },
    toast: { colorScheme: { light: { success: { color: '{green.800}' }, error: { color: '{red.800}' } }, dark: { error: { color: '{red.300}' } } } },
    button: { root: { paddingX: '0.75rem', paddingY: '0.375rem', label: { fontWeight: '500' } } },
  },
})
