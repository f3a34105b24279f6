"""English."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="en",
    never=words(
        # titles and ranks
        "Mr Mrs Ms MR MS DR Mx Messrs Mme Mlle Dr Drs Prof Profs Rev Revs Fr Hon Pres Sen Sens Rep Reps Gov Govs Gen Gens Adm Cmdr Cdr "
        "Col Cols Maj Capt Capts Cpt Lt Lts Sgt Sgts Cpl Pvt Pfc Brig Cmdr Comdr Det Dets Insp Supt Supts Amb Atty Asst Assoc Msgr "
        "Mgr Ald Aldn Sec-Gen Vice-Pres Ret Comm Commr Dep Def Min Secy Treas St Ste Mt Ft Pt Lieut Ens Sr Jr-to "
        "Maj-Gen Lt-Gen Lt-Col Lt-Cmdr Lt-Gov Brig-Gen V-Adm Sheikh-ul Hr Hrn Sra Srta Rt Very-Rev Wm Chas Geo Thos Jas Jos Robt "
        # connectives
        "P.S vs v e.g i.e cf viz ca approx incl excl esp resp al-to Cf aka i.a"
    )
    - words("Sr Jr-to al-to Sheikh-ul Very-Rev Ret"),
    before_number=words(
        "No Nos Nr Art Arts Sec Secs Sect p pp par para paras Par fig figs Fig Ch ch Chap chap vol vols Vol Op Ex Eq Eqs Ref "
        "pt ver c r b d est pop Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Rs Tel tel ext Ext Rm Bldg Apt Hwy Rte Dist Ps Prov"
    ),
    may_end=words(
        "Assn Assns Dept Depts Univ Inst Intl Int'l Nat'l Natl Gov't Govt Hldgs Ln Ct Pl Sq U.S U.S.A U.K U.N E.U D.C B.C A.D "
        "U.S.S.R P.O al op cit ibid ft in lb lbs oz km cm mm kg mi hr hrs min mins sec secs mph sq cu "
        "C.E.O C.I.A F.B.I N.B.A N.F.L N.A.T.O adj mil bn avg max misc Misc ed eds trans repr pub St Dr Va Md Me La"
    ),
    closes_name=words(
        # companies
        "Inc Corp Corps Co Cos Ltd LLC L.L.C plc L.P S.A N.V A.G S.p.A Bros Mfg Mfrs Labs Inds Indus Grp Bancorp Cie Pty Sdn Bhd Pte "
        # names and degrees
        "Jr Sr Esq Ph.D M.D B.A M.A M.B.A J.D D.D.S R.N D.D B.Sc M.Sc D.Phil S.J O.P Q.C K.C M.P "
        # streets
        "Ave Blvd Rd Pkwy Hwy Tpke "
        # states and provinces
        "N.Y N.J N.C S.C N.D S.D N.M N.H R.I W.Va P.R L.A Vt Pa Ga Ala Ariz Ark Calif Colo Conn Del Fla Ill Ind Kan Kans Ky Mass "
        "Mich Minn Mo Mont Neb Nebr Nev Okla Ore Oreg Penn Tenn Tex Wash Wis Wisc Wyo Ont Que Alta Sask B.C N.B N.S"
    ),
    ends=words("etc"),
    hours=words("a.m p.m am pm A.M P.M"),
    after_hour=words(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Jan Feb Mar Apr May Jun "
        "Jul Aug Sep Sept Oct Nov Dec January February March April June July August September October November December EST EDT ET "
        "CST CDT CT MST MDT MT PST PDT PT GMT UTC BST IST CET CEST JST HKT AEST AEDT KST SGT Eastern Central Mountain Pacific Greenwich "
        "Moscow Beijing Paris London Tokyo Washington"
    ),
    starters=words(
        "Mr Mrs Ms A An The This That These Those There Here It It's It’s Its He He's He’s His Him She She's She’s Her They They're They’re Their "
        "We We're We’re We've We’ve Our I I'm I’m I've I’ve My You You're You’re Your One Some Many Most Much More Such Few Several "
        "Another Other Others Both Each Every Either Neither None All Any Not No Nobody Nothing "
        "And But Or Nor Yet So For If When Whenever While As At By In On To Of From With Without Within Under Over Between Among About "
        "Above Across After Against Along Although Amid Around Because Before Behind Below Besides Beyond Despite Down During Except "
        "Following Given Into Like Near Off Once Only Since Than Though Through Throughout Unless Unlike Until Up Upon Whereas Whether "
        "Where Which Who Whose Whom Why What What's What’s How However Moreover Meanwhile Nevertheless Nonetheless Furthermore "
        "Therefore Thus Then Hence Still Also Again Already Always Even Ever Indeed Instead Perhaps Maybe Now Later Earlier Soon Today "
        "Yesterday Tomorrow Recently Currently Previously Finally Eventually Further Additionally Asked According Let Let's Let’s Is Are "
        "Was Were Do Does Did Don't Don’t Has Have Had Can Could Will Would Should May Might Must Please Yes Well Oh "
        "Analysts Officials Critics Investors Shares Sales Prices Results Two Three Four Five Six Seven Eight Nine Ten Elsewhere "
        "Separately Among Last Next Nearly Almost Just Rather Whatever Can't Won't Didn't Isn't There's There’s That's That’s Here's"
    ),
    roles=words(
        "Chairman Chairwoman Chair President Vice Chief Director Executive Secretary Treasurer Senior Spokesman Spokeswoman Analyst "
        "Manager Partner Securities Holdings Financial Bank Stores Co Corp Inc Ltd Class Series Day Center School Library Founder Editor Attorney General Deputy Managing Finance Financial CEO CFO COO CTO"
    ),
    labels=words(
        "Source Witness Vitamin Plan Group Type Section Exhibit Class Category Phase Team Hepatitis Appendix Schedule Route Grade "
        "Company Series Block Point Part Terminal Gate Option Zone Building Level Title Model Line Person Patient Victim Subject Channel "
        "vitamin plan group type section exhibit class category phase team hepatitis appendix schedule route grade "
        "series block point part terminal gate option zone building level title model line witness source influenza"
    ),
    speech=words(
        "said says say asked asks ask told added adds replied replies wrote writes shouted cried exclaimed wondered declared answered explained "
        "recalled whispered yelled chanted tweeted joked quipped demanded continued insisted"
    ),
    marked_names=words("Yahoo Jeopardy Panic Wham"),
)
