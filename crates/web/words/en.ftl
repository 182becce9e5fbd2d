# The words of the pages in English. The same keys stand in id.ftl.

# Frame
skip-to-content = Skip to the content
home = Home
language-choice = Choose a language
practice = PRACTICE (LATIHAN): not real data
log-out = Log out
places = Parts of the application
request-id = Request number
nav-today = Today
nav-participants = Participants
nav-look = Needs a look
nav-only-here = Only here
nav-officers = Officers
time-unknown = time not known
time-yesterday = yesterday { $time }

# Where the records are, at the top of every page
chip-not-joined = Only on this computer
chip-only-here = { $n ->
    [one] { $n } change is only here
   *[other] { $n } changes are only here
 }
chip-equal = Same as { $office } at { $time }
chip-busy = Catching up with { $office }
chip-away = Not connected; last word { $time }
chip-never = Never connected to another office yet

# Logging in
login-title = Log in
login-handle = Short name
login-handle-hint = Lower case, for example siti
login-password = Password
login-button = Log in
login-wrong = Short name and password do not match
login-wait = Too many wrong tries. Wait { $minutes } min, then try again. Other officers can still log in.
login-have-code = I have a code for the first time
login-forgot = Forgot the password? The administrator of your office can give you a new code.
login-nobody = Nobody can log in on this computer yet.
login-nobody-hint = Whoever installed this application makes the first officer with the command below, and gives you a code.
enrol-title = Log in for the first time
enrol-lead = Type the code that you were given, then choose a password that only you know.
enrol-code = Code
enrol-code-hint = Four groups of letters and digits. Upper or lower case does not matter.
enrol-password = New password
enrol-password-hint = At least { $n } characters. A few words that you remember easily are fine.
enrol-again = Type the password once more
enrol-button = Save and log in
enrol-have-password = I have a password already
enrol-differs = The two passwords are not the same
enrol-weak = A password has at least { $n } characters and is not your short name
enrol-wrong = Short name and code do not match, or the code was used. Ask for a new one.

# Today
today-clock-before = The clock of this computer says { $now }, and the last entry here was written on { $last }. Which one is right? Set the clock; until then no date is filled in by itself.
today-clock-off = The clock of this computer says { $now }, { $n } minutes off from those of other offices. Set it and its time zone; until then no date is filled in by itself.
today-nothing = Nothing waits for you
today-empty = Nobody is registered yet. Begin with the first.
today-some = { $n ->
    [one] One thing needs your eyes
   *[other] { $n } things need your eyes
 }
today-contested = { $n ->
    [one] One person has an answer that differs between two offices
   *[other] { $n } people have answers that differ between two offices
 }
today-contested-more = Choose the right one. The other stays in the history.
today-contested-action = Look and choose
today-only-here = { $n ->
    [one] One change is at no other office yet, since { $time }
   *[other] { $n } changes are at no other office yet, the oldest since { $time }
 }
today-only-here-away = All of it is safe on this computer and goes out by itself once connected.
today-only-here-going = Connected; on its way.
today-only-here-not-joined = This office has not joined any others yet.
today-only-here-action = Look
today-equal-more = Everything that you record is also at another office.
today-away-more = Everything that you recorded is at another office too. You can go on working.
door-register = Register a participant
door-register-more = Name and village are enough
door-search = Find a participant
door-search-more = { $n ->
    [one] One person recorded
   *[other] { $n } people recorded
 }

# List of participants
list-title = Participants
list-all = { $n ->
    [one] One person is recorded.
   *[other] { $n } people are recorded.
 }
list-found = { $n } of { $all } people match.
list-search = Name or register number
list-by-group = Group
list-by-stage = Stage
list-every = All
list-group = { $group } ({ $n })
list-find = Find
table-save = Save this list:
table-xlsx = Excel workbook
table-csv = CSV
list-show-all = Show all
list-none-found = Nobody matches. Try a part of the name, or remove the filters.
list-empty = Everybody whom you register will stand here, and those whom other offices register for your area.
list-empty-first = Register the first
list-pages = Pages of the list
list-first = Back to the beginning
list-next = Next
look-title = Needs a look
look-none = No answers differ between two offices.
look-none-chosen = No field needs a choice; look at what stands below.
look-none-more = When two offices answer the same question differently, the person stands here until somebody chooses.
look-some = { $n ->
    [one] One person has an answer that differs between two offices. Open it to choose.
   *[other] { $n } people have answers that differ between two offices. Open one to choose.
 }
filter-undecided = Not decided yet
filter-accepted = Accepted
filter-reserve = Reserve
filter-rejected = Rejected
filter-different = Two decisions differ
filter-trained = Was at a Bimtek
filter-practised = Has practised
filter-not-begun = Business not begun
filter-running = Business running
filter-independent = Independent
filter-left = Has left
col-name = Name
col-beside = Dusun, RT, year of birth
col-group = Group
col-village = Village
col-stage = Stage
col-register = Register number
col-since = Since
col-roles = Tasks
col-state = State
col-actions = Actions
row-rt = RT { $rt }
row-born = born { $year }
row-no-register = no register number
row-contested = { $n ->
    [one] One answer differs
   *[other] { $n } answers differ
 }
stage-terdata = listed
stage-teridentifikasi = identified
stage-wawancara = interviewed
stage-diseleksi = selected
stage-ditetapkan = accepted
stage-cadangan = reserve
stage-ditolak = rejected
stage-different = two decisions differ
stage-bimtek = Bimtek
stage-praktek = practice
stage-belum_mulai = business not begun
stage-usaha = business running
stage-mandiri = independent
stage-left-withdrew = withdrew
stage-left-departed = departed again
stage-left-moved = moved
stage-left-died = died
stage-left-other = has left

# Bringing in a village's own table
import-link = Bring in a table of participants that you have
import-title = Bring in a table of participants
import-lead = You have a list of participants in Excel already? Nobody has to type it again.
import-step-save = Have the Excel (.xlsx) or CSV file at hand. Its columns may be called what you are used to.
import-step-columns = Choose the file below, then say which column holds names, NIK and so on.
import-step-look = Look at what it gives first. Only when you agree are the people entered.
import-file = File of the table
import-file-hint = Excel (.xlsx) or CSV, up to { $n } MB
import-file-missing = No file is chosen, or it is empty. Choose the file of the table.
import-read = Read the table
import-blank-title = No table yet?
import-blank-lead = This empty table has every column. Fill it in with Excel; columns that you do not need stay empty. Make the columns NIK and KK text, so that their digits stay.
import-blank = Save the empty table
import-list = See the list of participants
import-columns-title = Which column holds what?
import-sheet = Read from the sheet “{ $sheet }”: the first one with a column of names. If it is another one, move it to the front in Excel and choose the file again.
import-columns-lead = { $rows ->
    [one] One row was read below the header in line { $line }. Nothing is entered yet.
   *[other] { $rows } rows were read below the header in line { $line }. Nothing is entered yet.
 }
import-col-theirs = Column of your table
import-col-examples = Some of its cells
import-col-ours = Entered as
import-column-unnamed = Column { $n }, without a name
import-column-as = { $name } entered as
import-leave-out = Left out
import-letter-title = All accepted by one letter?
import-letter-lead = Fill this in if the Kepala Desa accepted everybody in the table by the same letter. Leave it empty if not, or if the table has a column for the decision.
import-letter-number = Number of the letter
import-letter-date = Date of the letter
import-letter-date-hint = For example 12-03-2022. A month or a year alone will do.
import-letter-date-missing = The date of the letter is missing: fill it in, or empty the number
import-header-title = Are these not the column names?
import-header = The column names stand in line
import-header-hint = Change it if there are other lines above the names, then look again.
import-look = Look at what it gives
import-put-away = Put this table away
import-looked-title = Look before it is entered
import-looked = { $n ->
    [one] One person will be entered. Nothing is written yet.
   *[other] { $n } people will be entered. Nothing is written yet.
 }
import-present = { $n ->
    [one] One row was entered before and is not written again.
   *[other] { $n } rows were entered before and are not written again.
 }
import-double = { $n ->
    [one] One of them may be registered already.
   *[other] { $n } of them may be registered already.
 }
import-rejected = { $n ->
    [one] One row is not taken.
   *[other] { $n } rows are not taken.
 }
import-confirm = { $n ->
    [one] Enter one person
   *[other] Enter { $n } people
 }
import-nobody = Nobody in this table is new.
import-columns-again = Choose the columns again
import-rejected-title = Rows that are not taken
import-rejected-lead = The other rows can be entered all the same. Put these right in the table now, or later: at the end there is a file of them with the reasons.
import-rejected-fix = Save these rows with their reasons, put them right, then bring the file in as before. Nobody is entered twice.
import-rejected-save = Save the rows that were not taken
import-rejected-more = { $n ->
    [one] One more row is not taken and not shown here.
   *[other] { $n } more rows are not taken and not shown here.
 }
import-doubtful-title = Entered, and to be looked at again
import-doubtful-lead = These people are entered. Compare them with their cards when there is time.
import-first-title = First rows of the table
import-col-line = Line
import-col-gives = Gives
import-col-why = What is said of it
import-gives-new = entered
import-gives-double = entered, may be registered already
import-gives-present = here already
import-gives-rejected = not taken
import-running-title = Being entered
import-running = { $n } of { $all } rows done
import-running-more = You may open other pages; this goes on.
import-stop = Stop
import-stopping = Being stopped. What is entered stays.
import-see-again = Look again now
import-done-title = The table is entered
import-done = { $n ->
    [one] One person is entered and saved here.
   *[other] { $n } people are entered and saved here.
 }
import-stopped-title = Stopped before the end
import-left = { $n ->
    [one] One row is not entered yet.
   *[other] { $n } rows are not entered yet.
 }
import-stopped-more = What is entered stays. Bring the same table in once more to go on: nobody is entered twice.
import-another = Bring in another table
import-failed-inside = a fault inside this application
import-failed = { $n ->
    [one] It ended after one row: { $why }. What is entered stays. Look again to go on: nobody is entered twice.
   *[other] It ended after { $n } rows: { $why }. What is entered stays. Look again to go on: nobody is entered twice.
 }

# One participant
person-change = Change
person-saved-new = Saved here. A register number was given.
person-saved-like = Saved here. Somebody may be the same person: note the pair under
person-saved = Your changes are saved here.
person-chosen = Your choice is saved here.
person-no-name = No name is shown: { $why }.
person-contested = { $n ->
    [one] One answer differs between two offices
   *[other] { $n } answers differ between two offices
 }
person-contested-more = Both are kept. Choose the right one: your choice holds at every office under your name, the other stays in the history.
person-choose = Choose this
person-written-here = Written on this computer.
course-no-trip = No journey to work abroad is recorded.
course-trip-new = Record a journey
course-trip-title = A journey of { $name } to work abroad
course-trip-lead = Fill in what is known and leave the rest empty. An empty return means not back yet; write “?” if they are back and nobody knows since when.
course-trip-change = Change the journey
course-trip-of = Record a journey of { $name }
course-family = Family
course-no-family = No relative is recorded.
course-tie-new = Record a relative
course-tie-title = Family of { $name }
course-tie-lead = The relation says what the relative is to { $name }: “child” is a child of { $name }. A relative who works abroad is recorded by name alone, then their journey.
course-tie-change = Change the relation
course-decision-again = { $name } is now: { $stage }. A new decision takes the place of the old one; both stay in the history.
course-leaving = { $name } no longer takes part. Every record stays; tick what is still to be settled.
course-moving = This village goes on looking after { $name } until the new one takes them on.
person-trip = Work abroad
person-rules = By the rules of the programme
person-on = as of { $day }
person-categories = Categories: { $categories }
person-events = What happened
person-notices = What is not used
person-held = Who else keeps it
person-held-here = This computer
person-held-since = all of it since { $time }
person-held-awaited = no word yet that it arrived
person-held-not-joined = This office has not joined any others yet, so this is only here.
person-read-only = This office may see this and not change it. The village, the regency or BP3TKI can.
person-history = History
person-began = First recorded
person-emptied = emptied
who = { $officer }, { $office }, { $time }
eligible-yes = Meets the conditions
eligible-no = Does not meet the conditions
eligible-undecided = Needs a decision

# Forms
register-title = Register a participant
register-lead = A name is enough. The rest can follow later.
register-save = Save
change-title = Change { $name }
change-lead = Only what you change is saved. Where another office answers the same, both answers are kept.
change-save = Save changes
part-person = Person
part-address = Address
part-taking-part = Taking part
form-must = (required)
form-village = Village
form-village-hint = The village's code, for example 33.07.10.2004
form-village-choose = Choose a village
form-village-missing = Choose the village
form-village-unknown = There is no village of that code, or another answer cannot be read
form-cancel = Cancel
form-save-anyway = Yes, it is right. Save
form-look-again = Look again first
form-look-again-more = Something may be mistaken. If it is right, save it: nothing is blocked.
form-choose-first = The answers differ: { $values }. Choose first, on the person's page.
form-changed = Another office has just changed this person. What you typed is not lost and overwrites nothing.
form-changed-look = See the latest
hint-name = As on the identity card. A single word is fine.
hint-nik = The 16 digits on the identity card
hint-birth = Day-month-year, month-year or the year alone: 12-03-1986, 03-1986, 1986
hint-dusun = Tells people of one name apart
hint-phone = As it is used every day
hint-group = Production group, for example salak or batik
answer-yes = Yes
answer-no = No
answer-unknown = Not known
errors-title = Something needs to be put right
fault-empty = { $label } must be filled in
fault-date = Write a date like 12-03-1986, 03-1986 or 1986
fault-number = Write a number
fault-text = Too long, or it has a sign that cannot be kept
fault-choice = Choose one
check-right = Is this right?
check-same = May be the same person
check-same-more = Open it before you save. If it is somebody else, save it.
check-like = Names like this in the village

# Only here
only-here-empty = Nothing is recorded yet
only-here-none = Everything that other offices are to have is there
only-here-none-more = If this computer breaks, nothing is lost.
only-here-some = { $n ->
    [one] One change is only on this computer
   *[other] { $n } changes are only on this computer
 }
only-here-since = The oldest is from { $time }.
only-here-connected = Offices that are connected
only-here-nobody = No office is connected now. You can go on working; everything is saved.
only-here-heard = The last word of { $office }: { $time }.
only-here-equal = the same as this computer
only-here-busy = catching up
only-here-whose = These changes are about
only-here-others = and { $n } further changes
only-here-call = Call the others now
only-here-called = Every office that is known is being called. Who answers appears in the list by itself.
off-title = May this computer be switched off?
off-always = Yes, at any time. What is saved stays on it, and goes out once it is switched on and connected.
off-not-anew = Do not set it up anew, swap it or give it away: { $n ->
    [one] one change is nowhere else
   *[other] { $n } changes are nowhere else
 }. Wait until they are at another office, or carry them there on a stick.
off-by-rule = By rule { $n ->
    [one] one change stays
   *[other] { $n } changes stay
 } at this office alone, such as the guest book. Only a backup keeps them if the computer breaks or is set up anew.
off-anew = It may be set up anew too: all records come back from the others. Officers, drafts and scans are in a backup alone.
stick-title = Without internet: by a stick
stick-lead = A file carries what the other office does not have yet. Only that office can open it.
stick-to = For which office
stick-save = Save the file
stick-save-for = Save a file for { $office } to a stick
stick-file = The file that another office saved for this one
stick-take = Take it in
stick-no-file = Choose the file first.
stick-taken = { $n ->
    [0] The file from { $office } is taken in. It holds nothing that was not here.
    [one] The file from { $office } is taken in: one change is new here.
   *[other] The file from { $office } is taken in: { $n } changes are new here.
 }

# Officers
officers-answer = { $n ->
    [one] One officer can log in on this computer
   *[other] { $n } officers can log in on this computer
 }
officers-invited = has not used the code yet
officers-active = can log in
officers-waits = waits { $minutes } min after wrong passwords
officers-more = New code or remove { $handle }
officers-reset = Give a new code
officers-reset-more = The old password stops working.
officers-remove = Remove
officers-remove-more = Write { $handle } to remove. What they recorded stays.
officers-removed = { $handle } cannot log in any more.
officers-confirm = To remove, write the short name: { $handle }. You cannot remove yourself.
officers-letterhead = Letterhead
officers-address = Address of this office
officers-address-hint = On one line, as it stands below the name of the office: street, postcode, telephone
officers-address-save = Save the address
officers-address-set = The address is saved. It stands on what is printed from now on.
officers-new = Add an officer
officers-name = Name
officers-handle-hint = Lower case without spaces. It stands beside everything that they record.
officers-roles = Tasks (may be several)
officers-add = Add and make a code
officers-code = Code for { $handle }
officers-code-more = Give it to nobody else. It is shown this once, and lasts { $days } days.
officers-taken = That short name is taken
officers-incomplete = Fill in name, a short name in lower case, and at least one task
role-petugas = petugas: registers and changes records
role-verifikator = verifikator: checks and chooses between answers
role-admin = admin: manages officers
role-auditor = auditor: looks only

# Tokens for scripts
tokens-title = Tokens for scripts
tokens-link = Tokens for scripts of this office
tokens-none = There is no token for a script yet
tokens-answer = { $n ->
    [one] One token can be used
   *[other] { $n } tokens can be used
 }
tokens-lead = With a token, a script of this office reads or records without an officer logging in. Make one token for each script, and withdraw those that are no longer used.
tokens-description = Description for whoever writes the script (OpenAPI)
tokens-name = Name of the token
tokens-name-hint = What it is for, for example rekap-bulanan: at most { $n } lower-case letters without spaces.
tokens-until = Lasts until
tokens-until-hint = { $day } at the latest.
tokens-may = May
tokens-may-hint = Every token may read what names nobody. Tick only what its script needs.
token-read = read without names
token-write = record and change
token-personal = see who people are: names, NIK, cases, children, money
token-no-name = this token may not see names
tokens-used = Last used
tokens-never = never
tokens-by = Made by
tokens-ended = over
tokens-more = Withdraw { $name }
tokens-withdraw = Withdraw
tokens-withdraw-more = Write { $name } to withdraw. What was recorded as { $officer } stays.
tokens-withdrawn = Token { $name } is withdrawn. Its script is not let in any more.
tokens-confirm = Not withdrawn. To withdraw, write the name of the token: { $name }
tokens-new = Make a token
tokens-add = Make a token
tokens-made = Token { $name } is made
tokens-made-more = Copy it into the settings of its script now: it is shown this once. Whoever holds it may do what this token allows.

# What cannot be answered
problem-not-found = This page does not exist
problem-not-found-hint = Check the address, or start again from the home page. A person who was erased is not here any more either.
problem-method-not-allowed = This page does not take what was sent
problem-method-not-allowed-hint = Start again from the home page.
problem-foreign-name = This address is not an address of this computer
problem-foreign-name-hint = Open http://localhost with the same port.
problem-foreign-site = This was sent by another site
problem-foreign-site-hint = Nothing was saved. Open the page from the home page and try again.
problem-internal = This page could not be made
problem-internal-hint = What was saved is safe. Try again; if it happens again, quote the number below.
problem-not-logged-in = You are not logged in, or name and password do not match
problem-not-logged-in-hint = Log in first, then try again.
problem-not-your-role = Your tasks do not include this
problem-not-your-role-hint = Petugas and verifikator change records, admin manages officers. The administrator of your office can add tasks.
problem-no-right = This office may not change it
problem-no-right-hint = The village, the regency or BP3TKI that serves this person can. Nothing was saved.
problem-stale-form = This form was open for too long
problem-stale-form-hint = Nothing was saved. Go back to the form, load it again and send it again.
problem-token-scope = This token does not allow it
problem-token-scope-hint = Use a token that may, or ask the administrator of the office to make one. Nothing was saved.
problem-unfit = An answer cannot be accepted
problem-unfit-hint = Nothing was saved. Go back, check the answers and send them again.
problem-bad-input = An answer cannot be read
problem-bad-input-hint = Nothing was saved. Go back, check the answers and send them again.
problem-too-large = Too much was sent
problem-too-large-hint = Nothing was saved. Shorten it and send it again.
problem-if-match-missing = It was not said which state was seen
problem-if-match-missing-hint = Send the ETag of the last answer in If-Match.
problem-conflict = This record has changed
problem-conflict-hint = Nothing was saved. Open the person again, look at the latest, and make the change once more.
problem-storage = The disk takes nothing more
problem-storage-hint = What was saved is safe. Free some space on this computer's disk, then try again.

# Mulai: the first time on this computer
start-title = Begin to use Simpul on this computer
start-lead = You choose your office, create the first officer, then ask to join the other offices. People can be registered from the beginning.
start-real = Begin with real data
start-real-more = For the work of your office
start-practice = Practise first
start-practice-more = Trial data, never mixed with the real ones
start-back = Back to the beginning
start-office-title = Which office is this?
start-office-lead = Look for the name of your village, regency, city, province, ministry or BP3TKI.
start-office-search = Name of the office
start-office-search-hint = For example kuripan wonosobo
start-office-empty = Type the name of your office above.
start-office-none = Nothing matches. Try a part of the name, or the name of the regency.
start-office-many = { $n } match; the first { $shown } are shown. Add the name of the district or regency.
start-office-found = { $n } match. Choose your office.
start-confirm-title = Is this your office?
start-confirm-real = For real data. Once saved, the office of this computer cannot be changed.
start-confirm-practice = For practice. Once saved, the office of this computer cannot be changed.
start-confirm-kind = Kind of office
start-confirm-place = Where it is
start-confirm-code = Code of the region
start-office-name = Name of the office
start-office-name-hint = As on its letterhead. Other offices read this name.
start-office-name-wrong = Write the name of the office, at most 200 letters
start-confirm-save = Yes, this is our office
start-confirm-other = Look for another office
kind-ministry = Ministry
kind-agency = BP3TKI
kind-province = Provincial government
kind-regency = Government of a regency or city
kind-unit = Dinas
kind-village = Village
start-officer-title = Who is the first officer?
start-officer-lead = The first officer can register people, check what was entered, and add other officers.
start-officer-name = Name
start-officer-name-wrong = Write the name, at most 80 letters
start-officer-handle-wrong = A short name has only small letters, digits, dots or hyphens, and no spaces
start-officer-save = Save and go on
start-steps-title = Joining the other offices
start-left = { $n } steps are left. You can register people while you wait.
start-done = Done. Your office has joined, and its records arrive at another office.
start-office-done = Office: { $office }
start-office-done-more = It is on this computer, with an officer who can log in.
start-sheet-done = The recovery sheet is on paper
start-sheet-open = The recovery sheet has not been printed
start-sheet-more = With that sheet you set a new password if you forget yours.
start-answer-done = The answer has come in
start-answer-open = Waiting for the answer of the office above yours
start-answer-done-more = Your request was approved.
start-answer-open-more = Send the request below, then put its answer in on this page.
start-met = Connected with { $office }
start-met-more = Records are sent by themselves.
start-meeting = Calling the office that approved
start-meeting-more = This needs the network. The page changes by itself once there is a connection.
start-meeting-later = Not yet connected with another office
start-meeting-later-more = Begins by itself once the answer is in.
start-seen = First name seen at { $office } { $time }
start-seen-more = If this computer breaks, the record is there.
start-name-here = The first name is only on this computer
start-name-here-more = It is sent by itself once there is a connection.
start-name-none = Nobody is registered yet
start-name-none-more = You can begin now, while you wait for the answer.
start-request-title = Your request
start-request-lead = Send it to the office above yours in one of these ways. For a village that is usually the regency.
start-request-message = Please let { $office } join Simpul. Code to compare by telephone: { $code }. Open the page Requests to join and paste this message.
start-code-title = Code for the telephone
start-code-more = The office above yours calls and compares these sixteen digits, so that nobody pretends to be you.
start-answer-title = Put the answer in
start-answer-lead = Choose the file with the answer, or paste the message.
start-answer-file = File with the answer
start-answer-text = Or paste the message with the answer
start-answer-save = Put the answer in
start-work-on = Go on working; these steps can be continued at any time
today-not-joined = This office has not joined the other offices
today-not-joined-more = Send the request and put its answer in. Registering people works all the same.
today-not-joined-action = Go on

# What is carried to another office
carry-file = As a file
carry-file-more = For a stick, an e-mail or an attachment.
carry-file-save = Save the file
carry-text = As a message
carry-text-more = Paste it into WhatsApp. There is nobody's personal data in it.
carry-copy = Copy for WhatsApp
carry-copied = Copied
carry-picture = QR picture
carry-picture-more = Taken with a telephone, which then sends the text.
carry-empty = Choose a file or paste the message first
carry-foreign = This is no file or message of Simpul. Check which file was meant, or have it sent again.
carry-is-request = This is a request, not an answer. What belongs here is the answer of the office that approves.
carry-is-answer = This is an answer, not a request. Ask the office that wants to join for its request.
carry-is-other = This file of Simpul is for something else. Ask for the right one.
carry-damaged = This file or message is not complete or was changed on the way. Copy it from beginning to end, or have it sent again.
carry-newer = This file was made by a newer Simpul. Update the program on this computer first.
carry-other-computer = This answer is for another computer. Ask for the answer to this computer's request.
carry-for-practice = This is for practice, and this computer is for real data.
carry-for-real = This is for real data, and this computer is for practice.
carry-other-network = This computer has joined another group of offices already.
carry-no-right = This office does not stand above the one that asks, so it cannot approve. Pass the request on to its regency, province or ministry.
carry-not-joined = This office has not joined itself, so it cannot approve others yet.

# Requests to join
requests-title = Requests to join
requests-lead = Put in the request that you received from an office that wants to join.
requests-file = File with the request
requests-text = Or paste the message with the request
requests-look = See who asks
requests-asks = { $office } wants to join
requests-new = This office has not joined yet.
requests-further = A further computer of an office that has joined.
requests-member = This request was approved. Its answer can be had again.
requests-compare = Compare the code by telephone
requests-compare-more = Call the office on a number that you know, not the one in the message. Their digits must be the same as these.
requests-same = The code was compared by telephone and is the same
requests-compare-first = Compare the code by telephone first, then tick the box
requests-approve = Approve
requests-again = Show the answer again
requests-refuse-title = If you do not approve
requests-reason = Reason
requests-reason-hint = The office that asks reads this sentence
requests-reason-wrong = Write the reason, at most 500 letters
requests-refuse = Refuse and write a message
requests-other = Look at another request
requests-approved = { $office } was approved
requests-answer-title = Send this answer
requests-answer-lead = Send it to the office that asked in one of these ways. They put it in on the page Mulai.
requests-answer-code = Answer to the request with the code { $code }
requests-answer-message = { $office } may join Simpul. Open Simpul and paste this message where the answer belongs.
requests-refused = Message for { $office }
requests-refused-lead = Nothing was saved. Send this message to the one who asked.
requests-refusal-message = The request of { $office } to join Simpul (code { $code }) cannot be approved yet by { $own }. Reason: { $reason }

# An officer's own page
own-title = My password and recovery sheet
own-password = Change the password
own-password-save = Change the password
own-old = Password now
own-old-wrong = The password is another one
own-changed = The password was changed. On other computers you have to log in again.
recovery-title = Recovery sheet
recovery-lead = Print this page or write the code on paper. The code is shown this once.
recovery-office = Office
recovery-day = Made on
recovery-use = If you forget your password: open the log-in page, choose the recovery sheet, type this code. It works once; then you get a new sheet. Keep it locked away.
recovery-print = To print, press Ctrl and P.
recovery-tick = I have printed it or written it on paper
recovery-go-on = Go on
recovery-none = You have no recovery sheet, or the last one was used.
recovery-shown = Nobody has said that the last sheet is on paper. If you do not have its code, make a new one.
recovery-on-paper = Your recovery sheet is on paper. A new one makes the old one void.
recovery-new = Make a new sheet
recover-title = Forgotten password
recover-lead = Type the code of your recovery sheet, then set a new password.
recover-code = Code on the recovery sheet
recover-wrong = The short name or code does not fit, or this sheet was used or replaced. An administrator of your office can give you a new code.
login-sheet = Use the recovery sheet
login-nobody-begin = Open the address of Mulai that this program showed when it was started, and create the first officer.
problem-closed = This page is opened from the address that the program shows
problem-closed-hint = When it starts, Simpul shows an address that begins with http:// and holds a key. Open the whole of that address. If it is not to be seen any more, start Simpul once again.
# What was typed and not saved
draft-offer = You have filled this in ({ $time }) and not saved it.
draft-take = Go on with it
draft-throw-away = Throw away
due-title = Due
due-nothing = Nothing is due
due-nothing-more = Monitoring, instalments, complaints, visits and cards that wait for somebody will stand here, the earliest first.
due-some = { $n ->
    [one] One thing is due
   *[other] { $n } things are due
 }
due-since = Since { $day }.
due-by = By { $day }.
due-more = { $n ->
    [one] One more thing that is due
   *[other] { $n } more things that are due
 }
due-rest = { $n } more are not shown: end those above first.
round-open = Open the quarterly monitoring from { $quarter } for { $n } people
today-draft = Not saved: { $form }
today-draft-more = Typed { $time }.
today-draft-action = Go on
# Several officers at one computer
switch-short = Switch officer
switch-title = Who works here?
switch-who = Officer
switch-button = Go on
switch-nobody = No other officer has logged in on this computer today.
switch-nobody-hint = Officers who have a PIN appear here once they have logged in with their password. From then on, all day, the PIN is enough.
switch-sits = Now: { $name }
switch-lock-hint = If you leave the desk, lock it first. Your PIN opens it again.
switch-no-pin = You have no PIN yet: once another officer logs in, you need your password to come back.
switch-lock = Lock
switch-other = Another officer logs in with a password
switch-back = Back
login-tiles = Come back with a PIN
pin-title = PIN
pin-new = New PIN
pin-hint = { $least } to { $most } digits. Do not use the PIN of your bank card.
pin-none = You have no PIN yet. With a PIN you come back to this computer without the password, all day, once you have logged in.
pin-there = You have a PIN. A new one replaces it.
pin-save = Save the PIN
pin-set = The PIN was saved.
pin-weak = A PIN has 4 to 8 digits, not all the same and not in a row
pin-wrong = The PIN does not match
pin-too-often = This takes the password: too many wrong PINs, or another day has begun. Other officers are not affected.
# Records beside participants, and the counter
nav-records = Records
door-visit = New visitor
door-visit-more = Note who came and what for
sheets-title = Which record are you looking for?
sheets-lead = Guest book, complaints, AK-1 cards, and the other records of this office.
sheets-counter = Counter
sheets-others = Other records
sheets-none = none yet
sheets-counted = { $all } recorded, { $open } not finished
sheets-all = { $n ->
    [one] One record.
   *[other] { $n } records.
 }
sheets-found = { $n } of { $all } records match.
sheets-search = Name, number or word
sheets-open-only = Only what is not finished
sheets-empty = Nothing is recorded here yet. What this office and others record for your area will stand on this page.
sheets-empty-visits = No visitor is noted yet. The guest book of this month opens by itself with the first.
sheets-empty-complaints = There is no complaint yet. Each gets a number, an officer and a day by which it is answered.
sheets-empty-cards = There is no application for an AK-1 card yet.
col-what = Record
col-whom = About
col-day = Date
col-due = By
sheet-new = Record a new one
sheet-new-title = New: { $kind }
sheet-new-lead = Fill in what is known. The rest can follow later.
sheet-saved-new = Saved here.
sheet-said = Noted here.
sheet-due = by { $day }
sheet-fields = Content
sheet-say = Note what happened
sheet-taken-back = taken back
fact-lead = For { $record }
visit-lead = Who came, and what for? Once it is saved, the page for that purpose opens.
visit-saved = The visitor stands in the guest book of this month.
complaint-lead = Everybody is served. Number, officer and the day of the answer are given when it is saved.
complaint-urgent = This complaint is urgent.
complaint-referral = No participant of this village and none of their family: this complaint is recorded as a referral.
complaint-refer = Note where the person was told to go
card-lead = AK-1 cards are for everybody, also from elsewhere. The papers are marked once it is saved.
slip-title = Slip
slip-print = Show it for printing
slip-how = Print this page with Ctrl+P.
slip-back = Back to the record
papers-title = Papers
paper-there = it is there
paper-missing = not there yet
paper-contested = two statements differ
paper-brought = It was brought
paper-not-there = Undo
person-sheets = Other records about this person
hint-date = Day-month-year, for example 12-03-2026
hint-person = Name or register number. Leave it empty if the person is not in the list of participants.
fault-place = Write the code of the place, for example 33.07.10.2004
fault-not-taken = Something cannot be taken. Check all of it, then save again.
today-contested-records = { $n ->
    [one] One record has an answer that differs between two offices
   *[other] { $n } records have answers that differ between two offices
 }
look-records = { $n ->
    [one] One record has an answer that differs between two offices. Open it to choose.
   *[other] { $n } records have answers that differ between two offices. Open one to choose.
 }
look-records-title = Records beside participants
hint-nothing-to-pick = There is nothing to pick from yet. First record what is referred to, such as the group.
# Attendance of a Bimtek, indicators, and what is looked at before it is saved
grid-heading = Attendance
grid-title = Attendance: { $name }
grid-lead = Choose for each person and day. What you do not change stays as it is.
grid-fill = Whoever is not marked on this day: present
grid-mark = Fill in attendance
grid-save = Save attendance
grid-person = Participant
grid-days = Days
grid-there = Present
grid-whole = { $n } of { $all } participants attended every day.
grid-whole-short = attended every day
grid-differ = two statements differ
grid-no-days = The days are not clear. Fill in the whole date of the first day; without a last day, { $n } days are counted.
grid-empty = Nobody is on the list of this Bimtek yet. Add the participants first, then attendance can be filled in.
grid-enrol = Add a participant
grid-meanwhile = { $name }, { $day }: another office has just noted { $mark }. Choose what is right, then save again.
ind-heading = 24 indicators
ind-fill = Fill in this period
ind-fill-baseline = Fill in the baseline
ind-measured = { $n } of { $all } indicators are measured.
ind-unmeasured = not measured yet
ind-this-period = in this period
ind-baseline = before the programme
ind-differ = offices report different values
ind-computed = counted from the records
ind-chart = Values of { $code } against the baseline
ind-table = See it as a table
ind-period = Period
ind-value = Value
ind-unit = Unit
ind-indicator = Indicator
ind-form = Indicator values { $period }
ind-form-baseline = Baseline: { $period }
ind-lead = Fill in what was measured. What stays empty is not measured yet, which is not 0.
ind-lead-baseline = Values from before the programme began, from the village's own survey. What stays empty is not measured yet.
ind-method-hint = For all values on this page, for example a survey by neighbourhood
ind-source-hint = For example the village survey of 2026
ind-emptied = { $code }: a value that was noted is not erased. Write the right value, or take it back on the page of the record.
ind-unit-alone = { $code }: write its value too
ind-save = Save values
fact-look = Look at it first. Once it is saved, it stays as it is.
fact-look-save = Save it like this

# Paper
print-this = Print:
print-list = Print this list:
print-visits = Print the visiting list by RT:
print-blank = Print a blank form:
print-poster = As a poster
print-attendance = Print the attendance list to be signed:
print-foot = Printed on { $day } by { $officer }
print-page = Page
print-page-of = of
print-unprintable = The sign □ stands for a letter that this print has no type for. The screen shows the whole text.
print-number = Number:
print-filled-by = Filled in by:
print-on-paper = Date filled in:
print-acting = on behalf of / acting (a.n. / Plt.) *)
print-nip = NIP
print-copies = Copies to:
print-cross-out = *) Cross out what does not apply.
print-head-of = For { $office }
print-size-a = A4
print-size-f = F4
print-registration = Registration form of a participant
print-others = Other fields
print-date = day - month - year
print-several = more than one may be ticked
print-visits-title = Visiting list of participants
print-people = { $n ->
    [one] one person
   *[other] { $n } people
 }
print-dusun = Dusun { $dusun }
print-no-dusun = dusun not known yet
print-col-no = No.
print-col-born = Born
print-col-visited = Visited on
print-col-remarks = Remarks
print-col-signature = Signature { $day }
print-hand-day = ..../....
print-attendance-title = Attendance list
problem-paper-too-long = This print is too long
problem-paper-too-long-hint = Narrow the list by search, group or stage, and print it again. The whole list can be saved as an Excel workbook.
nav-coordination = Coordination
coordination-empty = There is no coordination here yet. Open an agenda to invite other offices to an agreement.
coordination-nothing = Nothing waits for you
coordination-some = Waiting for you: { $n }
coordination-no-day = without a day
coordination-open = Open
coordination-open-agenda = Open a new agenda
coordination-agendas = Agendas by state
quadrant-here = Stands in quadrant { $quadrant }
quadrant-axes = Upwards: business ability. To the right: religion and social life.
quadrant-next = Suggested: { $what }
score-tanpa-catatan = no record
score-belum = not formed
score-sebagian = in part
score-terbentuk = formed
score-key = A filled mark is what the records show, an open one what was found before. The numbers are those of the list.
erase-title = Erase for good?
erase-lead = This cannot be undone. Every office that holds it destroys it as soon as it hears of the order; its backups destroy it when they are put back.
erase-ground = On which ground
erase-ground-hint = For example: the person asked for it on 12-03-2026; retention is over
erase-do = Erase for good
erase-not = Do not erase
erase-offer = Erase this record for good …
erase-offer-person = Erase who this person is for good …
nav-health = Health
health-as-of = As of { $time }.
health-quiet = Nothing has to be done.
health-alerts = What has to be done
health-about = About { $office }, since { $time }.
health-handled = { $by } deals with it until { $time }.
health-i-handle = I deal with it for
health-handle = Say so
health-hours = { $n ->
    [24] a day
    [72] three days
    [168] a week
   *[other] { $n } hours
 }
health-over = That alert is over, or it is another one now. Look at the list again.
health-own = This computer
health-backup = Last backup
health-no-backup = none yet
health-disk = Free room on the disk
health-room = { $percent } %
health-refused-here = Refused here
health-waiting-here = Waiting here
health-items = { $n }
health-offices = Offices
health-search = Name of an office
health-find = Search
health-none-found = No office is called so.
health-office = Office
health-found = What is found
health-heard = Last heard
health-never = never
health-more = Show { $n } more
health-damaged = storage damaged or full
health-forked = two copies of one computer
health-revoked = taken out
health-at-risk = something is only there
health-stuck = connected, and not moving
health-refused = something was refused
health-lost = not heard of for days
health-offline = not connected
health-catching-up = catching up
health-old-version = older version
health-never-seen = never seen
health-in-sync = the same
health-plan = Backups by schedule
health-plan-is = every { $n ->
    [one] hour
   *[other] { $n } hours
 }, the newest { $keep } are kept
health-tried = Last tried, { $time }
health-restored = made, and restored on trial without loss
health-backup-to = Folder for a backup, such as that of a stick
health-back-up = Back up now
health-backed-up = The backup is made: { $file } ({ $kb } kB).
health-key-file = This is the first backup, and its recovery key is in { $file }. Keep that file apart from the backup: who has both reads everything.
health-no-folder = There is no folder "{ $folder }" on this computer. Write it whole, as the file manager shows it.
health-try = Try whether alerts arrive
health-way-spool = File
health-way-mail = E-mail
health-way-webhook = Webhook
health-way-took = { $way }: sent ({ $to })
health-way-failed = { $way }: NOT sent ({ $to }): { $problem }
health-call = Call: { $whom }
health-more-about = More about this office
health-back = Health
map-title = Every office as a picture
map-spot = { $office }: { $state }
map-national = The whole country
map-trouble = { $n ->
    [one] { $n } office needs somebody.
   *[other] { $n } offices need somebody.
 }
refused-title = Refused and waiting
refused-item = Item
refused-why = Why
refused-none = Nothing was refused.
refused-none-waits = Nothing waits.
refused-more = { $n } more are not listed.
security-title = Security
security-active = Computers that speak for their offices: { $n }.
security-own = The key of this computer: { $key }
security-suspects = Computers that lost their rights or behave as two
security-no-suspects = No computer lost its rights, and none behaves as two.
security-called = called last on { $time }
security-forked = two histories of it are known in { $scopes }
security-decide = Ask who uses it. If that is not clear, take its rights away.
security-cut = Say up to where what it wrote counts (simpul cutoff), in: { $scopes }.
security-done = Nothing is left to decide.
security-versions = Versions
security-said = What offices said of the network
security-no-dates = Each of these is signed. They carry no date: nothing hangs on a clock.
security-kind = Kind
security-by = Said by
security-about = About
security-since = Taken in here
security-does = What it does
trail-title = Audit trail
trail-what = Who opened, took away or changed whose record on this computer, and when. This trail is sent nowhere.
trail-told = { $n ->
    [one] one line, { $digest }
   *[other] { $n } lines, { $digest }
 }
trail-others = Other offices are told: { $told }. The page of this office there shows what they heard.
trail-whole = No line was altered or taken out.
trail-broken = Line { $n } or one near it was altered or taken out. Keep the file, and ask who uses this computer.
trail-of = One record: the number or code in its address
trail-find = Find
trail-lines = The newest
trail-none = Nothing yet.
trail-more = { $n } more lines are older.
trail-when = Time
trail-by = Officer
trail-by-node = this computer
trail-did = What was done
trail-about = Record
trail-listed = saw a list
trail-opened = opened
trail-took-away = printed or saved
trail-changed = changed
trail-took-in = took in what an office said
trail-person = Who opened this record
storage-title = Storage and backups
storage-folder = The data of this office is in { $folder }.
storage-free = Free on that disk: { $free }; of it { $kept } stays free.
storage-failed = The disk failed: nothing is stored until the application starts again.
storage-backup = Newest backup: { $time }.
storage-no-backup = There is no backup yet.
backup-running = The backup is being written: { $n } of { $all } kB
backup-stop = End it
backup-stopping = It is being ended; nothing of it will be left.
storage-mb = { $n } MB
storage-damage = What the last start found
storage-whole = Everything was whole.
storage-part = Part
storage-takes = Takes
storage-repair = Back up now. It comes back from other offices, or from a backup.
storage-parts = What takes how much
office-all = All offices
office-todo = What to do
office-nothing-found = Nothing was found.
office-directions = On the way
office-direction = Between this office and that one
office-changes = Changes
office-not-there = Held here, not known to be there
office-not-here = Written there, not here yet
office-call = Whom to call
office-person = Name and telephone
office-hours = Hours
office-open = Open
office-no-contact = This office did not write down yet whom to call. Ask it to: Records, Contact of an office.
office-no-contact-here = Nobody wrote down yet whom to call here. Write it under Records, Contact of an office: all offices above and below read it.
office-away = Nobody is there
office-since = From
office-until = Until
office-why = Why
office-for = For
office-away-region = every office of the region
office-away-office = this office
office-notes = Notes
office-below = Counted by the receipts of that office. What is written for a whole region or the country, such as notices, is not counted.
office-lacking = What is not known to be there
office-note = Note
office-when = When
office-by = By
office-spoken = Spoken to
office-spoke = yes
office-no-notes = Nothing was noted yet. Notes stay at this computer.
office-i-spoke = I spoke to somebody there
office-do-note = Note it
office-touch = How it kept in touch
office-silent = Silent from
office-again = Heard again
office-no-silences = No silence was noticed yet.
office-heard = Heard of first { $first }, last { $last }.
office-habit = It is used to be silent for { $n ->
    [one] hour
   *[other] { $n } hours
 } at most.
office-computers = Computers
office-computer = Key
office-version = Version
office-trail = Trail
office-reported = Reported
office-connected = connected
office-not-connected = not connected
office-removed = taken out
office-none = None.
office-lost = Lost?
lost-title = A lost computer of { $office }
lost-back = Back to the office
lost-first = Take its rights away first: until then it is sent everything that its office may read.
lost-reason = Why its rights are taken away
lost-no-reason = Write why: every office will read it.
lost-remove = Take its rights away for good
lost-draft = Draft of the notice
lost-draft-is = A draft for whoever gives notice to the people and to the authority, each within three times 24 hours (UU 27/2022 art. 46). It counts what the computer held at most: everything that its office may read and that is here. What this office may not read, such as that office's own drafts and some cases, is not in it: ask that office and add it.
lost-known = Known to be lost since
lost-count = Count from then
lost-deadline = Deadline
lost-by = Notice is given before { $time }.
lost-what = What happened
lost-happened = A computer of { $office } is lost; this is known since { $time }.
lost-last = It was last heard of: { $time }.
lost-key = Its key: { $key }
lost-data = Whose data, at most
lost-people = { $n ->
    [one] { $n } person with name and identity
   *[other] { $n } people with name and identity
 }
lost-place = { $place }: { $n }
lost-kind = { $kind }: { $n }
lost-guard = How the data was guarded
lost-encrypted = The records on it are encrypted. Unless its key was a passphrase or lay on a stick, the key lies on the same disk: then take the data for readable.
lost-measures = What is done
lost-is-removed = Its rights are taken away: it is sent nothing any more, and nothing new of it is taken.
lost-not-removed = Its rights are not taken away yet.
lost-others = The records themselves are held by other offices and are not lost. Say how far what it wrote counts: simpul cutoff.
office-lag = What it lacked on the last thirty days, at most { $n }
office-day = Day
timeline-key = The bar is the time in which it is to be kept, the thin bar behind it the time beyond; the upright line is today.
coordination-commitments = Commitments
coordination-dates = Dates that come
coordination-all-agendas = All agendas
coordination-all-agreements = Published agreements
coordination-all-commitments = All commitments
coordination-all-calendars = Calendars of coordination
fault-scan = Choose the file again
hint-scan = PDF, JPEG, PNG or DOCX, at most ten MB. The file stays at this office; its fingerprint goes into the record.
scan-kept = The file was received. Choose another only to replace it.
scan-hash = fingerprint { $hash }…, open
sheet-related = Agendas and drafts about it
today-coordination = Coordination: { $n } matters wait for this office
score-title = Scorecard of coordination
score-lead = Ndraha's seven indicators, counted from the records that this office reads.
score-region = Code of the region
score-year = Year
score-own = Only what this office did
score-show = Show
score-share = { $count } of { $of } { $what }.
score-count = { $count } { $what }.
coordination-news = New since it was marked as read
coordination-more-news = and { $n } other records
coordination-mark-read = Mark as read
sheet-files = Files
file-checked = { $what }: a file that anybody can check
file-on-paper = { $what }: PDF with the signatures
agreement-version = Version { $number }
agreement-term = In force from { $from } until { $until }
agreement-from = In force from { $from }
agreement-ratified = Ratified by all parties
agreement-open = Not ratified by all parties yet
agreement-text = The signed text
agreement-signatures = Signatures
agreement-party = Party
agreement-official = Official
agreement-says = Word
agreement-day = Day
agreement-key = Key
agreement-fingerprint = Fingerprint of this version
agreement-how-to-check = This paper is a copy. Its signatures are checked in the file: simpul agreement verify FILE. The fingerprint has to be the same.
agreement-network = Network { $network }
print-invitation = Invitation
invitation-to = To
invitation-lead = We invite you to:
invitation-what = What it is for
invitation-day = Day
invitation-place = Place
invitation-decides = Please send an official who may decide, with a mandate.
attendance-name = Name
attendance-position = Position
attendance-mandate = Number of the mandate
attendance-signature = Signature
monday = Mon
tuesday = Tue
wednesday = Wed
thursday = Thu
friday = Fri
saturday = Sat
sunday = Sun
month-name = { $month ->
    [1] January { $year }
    [2] February { $year }
    [3] March { $year }
    [4] April { $year }
    [5] May { $year }
    [6] June { $year }
    [7] July { $year }
    [8] August { $year }
    [9] September { $year }
    [10] October { $year }
    [11] November { $year }
   *[other] December { $year }
 }
