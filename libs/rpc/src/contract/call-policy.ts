import { type OptionProblem, OptionsError } from '#platform';
import type { CodecName, Metadata } from '../index.js';
