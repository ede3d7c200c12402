/** What the panel says, in the user's language. */
import { settingSentence } from '../../settings/settingSentence';
import type { SettingProblem } from '../../sync/settingProblem';
import type { L10n } from '../../l10n';
import type { FieldSentences } from './formRules';
import type { Words } from './protocol';

/** Places that the page fills in stay as they are: they are filled with themselves here. */
export function wordsOf(l10n: L10n): Words {
  return {
    title: l10n.t('shopMaster Settings'),
    digible: l10n.t('Digible'),
    sqlServer: l10n.t('SQL Server'),
    sync: l10n.t('Sync'),

    email: l10n.t('Digible Email'),
    digiblePassword: l10n.t('Digible Password'),
    server: l10n.t('Server Name'),
    database: l10n.t('Database Name'),
    table: l10n.t('Local Table Name'),
    authentication: l10n.t('Security'),
    windows: l10n.t('Windows Authentication'),
    password: l10n.t('Password'),
    username: l10n.t('Username'),
    sqlPassword: l10n.t('Password'),
    encrypt: l10n.t('Encrypt the connection'),
    trustServerCertificate: l10n.t('Trust the server’s own certificate'),
    trustHint: l10n.t('Only for a server on your own network.'),
    intervalSeconds: l10n.t('Interval in seconds'),
    autoStart: l10n.t('Start Sync by itself when VS Code starts'),
    secretStored: l10n.t('Stored; leave empty to keep it'),
    secretTyped: l10n.t('Typed, not saved yet; leave empty to keep it'),
    useOther: l10n.t('Use that'),
    changedElsewhere: l10n.t('Changed elsewhere to “{0}”. Yours is kept until you save.', '{0}'),

    showTables: l10n.t('Show Tables'),
    tablesLoading: l10n.t('Looking for tables…'),
    tablesNone: l10n.t('There is no table in this database that this login can see.'),
    tablesNeed: l10n.t('Once the fields above are filled in, the tables of the database are offered here.'),
    tablesHint: l10n.t('The product table, such as Products, dbo.Inventory or [My Items].'),

    testConnection: l10n.t('Test Connection'),
    configure: l10n.t('Configure'),
    save: l10n.t('Save'),
    upload: l10n.t('Upload Products'),
    moreSettings: l10n.t('More settings'),
    openSettings: l10n.t('Open Settings'),
    aboutFirst: l10n.t(
      'Configure first shows what it will do to the database. Then it does it, signs in to Digible and saves the settings.',
    ),
    aboutDatabase: l10n.t(
      'Configure gets the database ready that you have named now, and saves the settings. Until then everything else goes on with those that are saved.',
    ),
    aboutSave: l10n.t(
      'Save keeps what you have changed and leaves the database alone. Configure also checks the table and signs in to Digible.',
    ),
    aboutSaved: l10n.t('Everything is saved. Configure checks the table and its triggers again.'),
    aboutProblems: l10n.t('Correct the fields that are marked.'),

    testing: l10n.t('Testing…'),
    connected: l10n.t('Connected.'),
    trustAndTest: l10n.t('Trust Certificate and Test Again'),
    typeAgain: l10n.t('Type the Password Again'),
    testAgain: l10n.t('Test Again'),
    correct: l10n.t('Correct {0}', '{0}'),
    browserShow: l10n.t('How to Start SQL Server Browser'),
    browserStep1: l10n.t(
      'On the computer that SQL Server runs on, open Services (press Windows+R and type services.msc).',
    ),
    browserStep2: l10n.t('Open SQL Server Browser, set its startup type to Automatic, choose Apply, then Start.'),
    browserStep3: l10n.t('Test the connection again. A firewall in between must let UDP port 1434 through.'),
    showLog: l10n.t('Show Log'),

    planning: l10n.t('Looking at the database; nothing is changed yet…'),
    planTitle: l10n.t('This is what Configure will do to the database:'),
    planDo: l10n.t('Do It'),
    planDoNothing: l10n.t('Sign In and Save'),
    planNothing: l10n.t('The database is ready already; nothing is changed there.'),
    planWarnings: l10n.t('Before you go on:'),
    discardPending: l10n.t('Discard the pending changes of the table that was configured before'),
    cancel: l10n.t('Cancel'),
    configuring: l10n.t('Configuring {0}…', '{0}'),
    configureDone: l10n.t('Configured. Every change of {0} is logged from now on.', '{0}'),
    configureFailed: l10n.t('Configure did not go through; the settings are not saved.'),
    planFailed: l10n.t('Configure can’t be done like this; nothing was changed.'),
    tryAgain: l10n.t('Try Again'),
    nextUpload: l10n.t('Next, send the whole product table to Digible, once.'),
    close: l10n.t('Close'),

    uploading: l10n.t('Uploading products…'),
    uploaded: l10n.t('Next, let the changes be sent by themselves.'),
    uploadProgress: l10n.t('{0} of {1} products', '{0}', '{1}'),
    uploadFailed: l10n.t('The upload did not go through.'),
    startSync: l10n.t('Start Sync'),
    syncStarted: l10n.t('Syncs run by themselves.'),

    noAnswer: l10n.t('shopMaster does not answer. Try again, or close this page and open it anew.'),
  };
}

/** Sentences that the host makes for the panel. */
export interface HostSentences extends FieldSentences {
  readonly lacks: (columns: readonly string[]) => string;
  /** `key`: as the Settings editor shows it, e.g. `shopmaster.sync.intervalSeconds`. */
  readonly storedProblem: (key: string, problem: SettingProblem) => string;
  readonly notSavable: () => string;
  readonly notSavableHint: () => string;
  readonly unexpected: (message: string) => string;
  readonly unexpectedHint: () => string;
}

export function hostSentences(l10n: L10n): HostSentences {
  const words = wordsOf(l10n);
  return {
    label: (field) => words[field],
    empty: (label) => l10n.t('{0} is empty.', label),
    notWhole: (label, minimum, maximum) =>
      l10n.t('{0} must be a whole number from {1} to {2}.', label, minimum, maximum),
    passwordGone: () => l10n.t('The password is not stored on this computer; type it again.'),
    lacks: (columns) => (columns.length === 0 ? '' : l10n.t('lacks {0}', columns.join(', '))),
    storedProblem: (key, problem) => settingSentence(key, problem, l10n),
    notSavable: () => l10n.t('This can’t be saved without Configure.'),
    notSavableHint: () => l10n.t('Choose Configure, so that the database is got ready.'),
    unexpected: (message) => l10n.t('Something unexpected went wrong: {0}', message),
    unexpectedHint: () => l10n.t('Try it again; the log has more.'),
  };
}
