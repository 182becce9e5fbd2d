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
list-show-all = Show all
list-none-found = Nobody matches. Try a part of the name, or remove the filters.
list-empty = Everybody whom you register will stand here, and those whom other offices register for your area.
list-empty-first = Register the first
list-pages = Pages of the list
list-first = Back to the beginning
list-next = Next
look-title = Needs a look
look-none = No answers differ between two offices.
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
stage-left-withdrew = withdrew
stage-left-departed = departed again
stage-left-moved = moved
stage-left-died = died
stage-left-other = has left

# One participant
person-change = Change
person-saved-new = Saved here. A register number was given.
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
only-here-none = Everything recorded here is also at another office
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
col-due = Answered by
sheet-new = Record a new one
sheet-new-title = New: { $kind }
sheet-new-lead = Fill in what is known. The rest can follow later.
sheet-saved-new = Saved here.
sheet-said = Noted here.
sheet-due = answered by { $day }
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
